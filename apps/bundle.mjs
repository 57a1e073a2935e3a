// Bundles a compiled service with its libraries into build/main.js and build/chunks: reading a few files instead of a
// thousand halves the startup time. Dynamic imports (OpenAPI) stay separate chunks, loaded on demand.
// Run in the service's folder, after the compiler.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

rmSync('build/chunks', { recursive: true, force: true });

/** The helper with which esbuild restores the names of functions and classes (`keepNames`). */
const NAMING = 'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';
/**
 * No code reads a function's name, and nested functions would be renamed on every call: a fifth of a request's cost.
 */
const NO_NAMING = 'var __name = (target) => target;';
/** Classes are renamed once, when they are defined. */
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
  // Logs, OpenAPI and models use class names.
  keepNames: true,
  external: [
    // Must be loaded first, and chunks are not loaded in the order of imports.
    'reflect-metadata',
    // Optional Nest packages that it tries to load and that no service installs.
    '@nestjs/microservices',
    '@nestjs/websockets',
    'class-transformer',
    'class-validator',
    '@fastify/static',
  ],
  // CommonJS libraries call `require`.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
});

const all = outputFiles.map(({ text }) => text).join('');
if (!all.includes(NAMING) || !CLASS_NAMING.test(all))
  throw new Error('esbuild changed its keepNames helper: update NAMING and CLASS_NAMING in apps/bundle.mjs');
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    text
      .replace(NAMING, NO_NAMING)
      .replaceAll(CLASS_NAMING, 'Object.defineProperty(this, "name", { value: $1, configurable: true });'),
  );
}
