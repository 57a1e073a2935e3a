#!/usr/bin/env node
/**
 * Starts the command line. It is bundled by esbuild on every start, because that is several times faster than loading
 * some eighty TypeScript modules one by one, and a fresh bundle is never out of date. Large CommonJS packages are not
 * bundled.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

// Node 22 and later cache compiled modules on disk.
module.enableCompileCache?.();

const EXTERNAL = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'esbuild'];
/** Loaded on demand: only an archive of `manifests` needs it. */
const ON_DEMAND = ['tar'];

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
    // Of packages with both module formats, the ES module bundles better.
    mainFields: ['module', 'main'],
    external: [...EXTERNAL, ...ON_DEMAND],
    sourcemap: process.argv.includes('--trace') ? 'inline' : false,
    logLevel: 'silent',
  });
  // esbuild runs in a separate process; meanwhile, this one loads the external packages.
  await Promise.all([bundled, ...EXTERNAL.map((name) => import(name))]);
  process.setSourceMapsEnabled(process.argv.includes('--trace'));
  const { main } = await import(pathToFileURL(outfile).href);
  rmSync(folder, { recursive: true, force: true });
  // The cdk8s CLI passes its output folder in this variable.
  process.exitCode = await main(process.argv.slice(2), root, process.env.CDK8S_OUTDIR);
} catch (error) {
  // esbuild's messages have the file and line of the syntax error.
  for (const { text, location } of error.errors ?? [{ text: error.stack }]) {
    const where = location ? `\n  at:   ${location.file}:${location.line}\n  seen: ${location.lineText.trim()}` : '';
    process.stderr.write(`error: ${text}${where}\n`);
  }
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
