// Joins a compiled service and its libraries into a few files, build/main.js and build/chunks: a start that reads them
// instead of a thousand takes half the time. What is imported later, for OpenAPI, stays a chunk that is loaded later.
// Run in the service's folder, after the compiler.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

rmSync('build/chunks', { recursive: true, force: true });

/** How esbuild gives functions and classes back the names that it changed. */
const NAMING = 'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';
/** Nothing asks for the name of a function, and a function within a function would get it at every call: a fifth of what a request costs. */
const NO_NAMING = 'var __name = (target) => target;';
/** A class gets its own once. */
const CLASS_NAMING = /__name\(this, ("[^"]+")\);/g;

const { outputFiles } = await build({
  entryPoints: ['build/main.js'],
  outdir: 'build',
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  allowOverwrite: true,
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Logs, OpenAPI and models name classes.
  keepNames: true,
  external: [
    // Everything needs it first, and the order of chunks is not the order of imports.
    'reflect-metadata',
    // Parts of Nest that no service has, and that it looks for.
    '@nestjs/microservices',
    '@nestjs/websockets',
    'class-transformer',
    'class-validator',
    '@fastify/static',
  ],
  // Libraries in CommonJS call it.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});

const all = outputFiles.map(({ text }) => text).join('');
if (!all.includes(NAMING) || !CLASS_NAMING.test(all))
  throw new Error('esbuild keeps names in another way than before: apps/bundle.mjs replaces what is not there');
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    text
      .replace(NAMING, NO_NAMING)
      .replaceAll(CLASS_NAMING, 'Object.defineProperty(this, "name", { value: $1, configurable: true });'),
  );
}
