// Joins a compiled service and its libraries into a few files, build/main.js and build/chunks: a start that reads them
// instead of a thousand takes half the time. What is imported later, for OpenAPI, stays a chunk that is loaded later.
// Run in the service's folder, after the compiler.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

rmSync('build/chunks', { recursive: true, force: true });

/** How esbuild gives back a name that it changed; it does so at every call, for every function within a function. */
const RENAMING = 'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';
/** Only if the name did change: the other way costs each request a tenth. */
const RENAMING_IF_CHANGED = 'var __name = (target, value) => target.name === value ? target : __defProp(target, "name", { value, configurable: true });';

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
  banner: { js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);" },
  logLevel: 'warning',
});

if (!outputFiles.some(({ text }) => text.includes(RENAMING))) throw new Error('esbuild keeps names in another way than before: apps/bundle.mjs replaces a helper that is not there');
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text.replace(RENAMING, RENAMING_IF_CHANGED));
}
