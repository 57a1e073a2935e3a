#!/usr/bin/env node
/**
 * Starts the command line. It is bundled by esbuild on every start, because that is several times faster than loading
 * hundreds of TypeScript modules one by one, and a fresh bundle is never out of date. Large CommonJS packages are not
 * bundled; like the modules of each subcommand, they are loaded by what needs them alone: a plan renders nothing.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Node 22 and later cache compiled modules on disk.
module.enableCompileCache?.();

/** CommonJS, so that `require` loads them, once the module that imports them runs. */
const REQUIRED = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'esbuild'];
/** Imported on demand: only what reads Terraform, an archive of `manifests`, or an edit of sources, needs it. */
const IMPORTED = ['@cdktn/hcl2json', 'prettier', 'tar'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const trace = process.argv.includes('--trace');

/** The bundle is not in the repository, whose folders may be read-only: packages are found by their addresses. */
const notBundled = {
  name: 'not-bundled',
  setup({ onResolve, onLoad }) {
    const anyOf = (names) => new RegExp(`^(${names.join('|')})$`);
    onResolve({ filter: anyOf(IMPORTED) }, ({ path }) => ({ path: import.meta.resolve(path), external: true }));
    // An import of an external module would be hoisted, and so load it for every subcommand.
    onResolve({ filter: anyOf(REQUIRED) }, ({ path }) => ({ path, namespace: 'required' }));
    onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = requirePackage(${JSON.stringify(path)})`,
    }));
  },
};

/** Finds packages as the repository's own modules do; by another name than `require`, which packages look for. */
const REQUIRE_PACKAGE = `import * as nodeModule from 'node:module'; const requirePackage = nodeModule.createRequire(${JSON.stringify(import.meta.url)});`;

/** A mistake that is reported without a stack trace, as charts/fault.ts does, which is not loaded yet. */
class Mistake extends Error {
  constructor(what, { at, seen, fix }) {
    super(
      [what, at && `  at:   ${at}`, seen && `  seen: ${seen.trim().split('\n')[0]}`, `  fix:  ${fix}`]
        .filter(Boolean)
        .join('\n'),
    );
  }
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const numbers = (version) => version.split('.').map(Number);
  const [major, minor] = numbers(process.versions.node);
  const supported = engines.node.split('||').some((range) => {
    const [fromMajor, fromMinor = 0] = numbers(range.trim().replace(/^(\^|>=)/, ''));
    return range.trim().startsWith('^')
      ? major === fromMajor && minor >= fromMinor
      : major > fromMajor || (major === fromMajor && minor >= fromMinor);
  });
  if (supported) return;
  throw new Mistake('this version of Node is not supported', {
    at: 'package.json',
    seen: process.version,
    fix: `install one of ${engines.node}`,
  });
}

async function packages() {
  try {
    const { build } = await import('esbuild');
    for (const name of REQUIRED) import.meta.resolve(name);
    return build;
  } catch (error) {
    throw notInstalled(error);
  }
}

function notInstalled({ message }) {
  return new Mistake('the packages of package.json are not installed, or not all of them, or for another system', {
    at: 'node_modules',
    seen: message,
    fix: 'run `npm ci` first',
  });
}

function temporaryFolder() {
  try {
    return mkdtempSync(join(tmpdir(), 'slipway-'));
  } catch (error) {
    throw noRoom(error.message);
  }
}

function noRoom(seen) {
  return new Mistake('a temporary file cannot be written', {
    at: tmpdir(),
    seen,
    fix: 'make the folder writable and free disk space, or set TMPDIR to another folder',
  });
}

/** With positions of the sources, which messages name: without their text, that takes no time worth mentioning. */
async function bundle(build, outfile) {
  await build({
    entryPoints: [join(root, 'cli', 'main.ts')],
    outfile,
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Of packages with both module formats, the ES module bundles better.
    mainFields: ['module', 'main'],
    plugins: [notBundled],
    banner: { js: REQUIRE_PACKAGE },
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'cli', 'main.ts')).href) },
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'silent',
  }).catch((error) => {
    throw error.errors?.length > 0 ? ofBundling(error.errors[0]) : notInstalled(error);
  });
}

function ofBundling({ text, location }) {
  if (!location) return noRoom(text);
  const { file, line, lineText } = location;
  const [, missing] = /^Could not resolve "(.*)"$/.exec(text) ?? [];
  if (missing !== undefined && !/^[./]/.test(missing) && !file.startsWith('clusters/'))
    return notInstalled({ message: `${text}, which ${file} imports` });
  if (text.startsWith('No matching export'))
    return new Mistake(text, {
      at: `${file}:${line}`,
      seen: lineText,
      fix: 'export it there, or correct its name here',
    });
  const fix = missing
    ? 'correct the path, or add the file; if it is a package of package.json, run `npm ci`'
    : 'correct the syntax at or just before this place';
  return new Mistake(text, { at: `${file}:${line}`, seen: lineText, fix });
}

/** Bundles the command line and loads it. */
async function load() {
  const folder = temporaryFolder();
  const interrupted = (signal) => {
    rmSync(folder, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
  try {
    const outfile = join(folder, 'slipway.mjs');
    process.setSourceMapsEnabled(true);
    const build = await packages();
    await bundle(build, outfile);
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted);
  }
}

// Who reads the output may stop early: `slipway order CLUSTER | head`.
process.stdout.on('error', ({ code }) => process.exit(code === 'EPIPE' ? 0 : 1));

try {
  checkNode();
  const { main } = await load();
  // The cdk8s CLI passes its output folder in this variable.
  process.exitCode = await main(process.argv.slice(2), root, process.env.CDK8S_OUTDIR || undefined);
} catch (error) {
  const [, place] = new RegExp(`${root}/(?!node_modules)([^:()]+:\\d+)`).exec(error.stack) ?? [];
  const at = place ? `\n  at:   ${place}\n  fix:  correct this file` : '';
  process.stderr.write(`error: ${trace ? error.stack : error.message}${error instanceof Mistake ? '' : at}\n`);
  // A fault, as cli/exit.ts has it, which is not loaded yet.
  process.exitCode = 1;
}
// A cluster file may have left a timer, which nothing needs any more.
process.stdout.write('', () => process.exit());
