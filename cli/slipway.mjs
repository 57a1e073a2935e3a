#!/usr/bin/env node
/**
 * Starts the command line. It is bundled by esbuild on every start, because that is several times faster than
 * loading some eighty TypeScript modules one by one, and a fresh bundle is never out of date. What it cannot take
 * from a bundle, the packages that are CommonJS and large, stays outside.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

// Node 22 and later keep the compiled form of what is loaded.
module.enableCompileCache?.();

const OUTSIDE = ['cdk8s', 'cdk8s-plus-28', 'constructs'];
/** Loaded by who needs it: only a mistake in a cluster file does. */
const LATER = ['@babel/parser'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'slipway-'));

try {
  const outfile = join(folder, 'slipway.mjs');
  const bundled = build({
    entryPoints: [join(root, 'cli', 'main.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Packages with both kinds of module give the one that bundles well.
    mainFields: ['module', 'main'],
    external: [...OUTSIDE, ...LATER],
    sourcemap: process.argv.includes('--trace') ? 'inline' : false,
    logLevel: 'silent',
  });
  // esbuild is a process of its own: meanwhile this one loads what the bundle will ask for.
  await Promise.all([bundled, ...OUTSIDE.map((name) => import(name))]);
  process.setSourceMapsEnabled(process.argv.includes('--trace'));
  const { main } = await import(pathToFileURL(outfile).href);
  rmSync(folder, { recursive: true, force: true });
  // The cdk8s CLI says where it wants the output.
  process.exitCode = await main(process.argv.slice(2), root, process.env.CDK8S_OUTDIR);
} catch (error) {
  // esbuild's messages name the file and line of what it could not read.
  for (const { text, location } of error.errors ?? [{ text: error.stack }]) {
    const where = location ? `\n  at:   ${location.file}:${location.line}\n  seen: ${location.lineText.trim()}` : '';
    process.stderr.write(`error: ${text}${where}\n`);
  }
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
