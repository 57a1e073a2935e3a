#!/usr/bin/env node
/**
 * Starts the command line. It is bundled by esbuild, because that is several times faster than loading hundreds of
 * TypeScript modules one by one; a bundle of the same sources is kept for the next start. Large packages are not bundled;
 * like the modules of each subcommand, they are loaded by what needs them alone: a plan renders nothing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Node 22 and later cache compiled modules on disk.
module.enableCompileCache?.();

/** Loaded by `require`, once the module that imports them runs. */
const REQUIRED = ['esbuild', 'cdk8s', 'cdk8s-plus-28', 'constructs', '@cdktn/hcl2json', 'prettier', 'tar'];

/** What is bundled, from the root. */
const MAIN = 'cli/main.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mainFile = join(root, MAIN);
const trace = process.argv.includes('--trace');

/** An import of an external module would be hoisted, and so load it for every subcommand. */
const notBundled = {
  name: 'not-bundled',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${REQUIRED.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'required' }));
    onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = requirePackage(${JSON.stringify(path)})`,
    }));
  },
};

/**
 * The bundle is not in the repository, and is the same for each that has these sources: its address says where the sources
 * are, and packages are found from there. Not by the name `require`, which packages look for.
 */
const BEGINNING = `import * as nodeModule from 'node:module';
const mainUrl = new URL(import.meta.url).searchParams.get('main');
const requirePackage = nodeModule.createRequire(mainUrl);`;

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

function checkPackages() {
  try {
    for (const name of REQUIRED) import.meta.resolve(name);
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

function withRoom(write) {
  try {
    return write();
  } catch (error) {
    throw new Mistake('a temporary file cannot be written', {
      at: tmpdir(),
      seen: error.message,
      fix: 'make the folder writable and free disk space, or set TMPDIR to another folder',
    });
  }
}

/** With a map of the positions of the sources, without their text, that takes no time worth mentioning. */
async function bundle() {
  const { build } = await import('esbuild').catch((error) => {
    throw notInstalled(error);
  });
  const { outputFiles, metafile } = await build({
    entryPoints: [mainFile],
    // Not written there: what the positions of sources are relative to.
    outfile: join(root, 'cli', 'bundle.mjs'),
    write: false,
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Of packages with both module formats, the ES module bundles better.
    mainFields: ['module', 'main'],
    plugins: [notBundled],
    banner: { js: BEGINNING },
    define: { 'import.meta.url': 'mainUrl' },
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
  }).catch((error) => {
    throw error.errors?.length > 0 ? ofBundling(error.errors[0]) : notInstalled(error);
  });
  const [{ text: map }, { text: code }] = outputFiles;
  return { code, map, inputs: Object.keys(metafile.inputs).filter((path) => !path.startsWith('required:')) };
}

function ofBundling({ text, location }) {
  const { file, line, lineText } = location ?? { file: MAIN, line: 1 };
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

/** Loads the command line, and bundles it if no bundle of the same sources is kept. */
async function load() {
  checkPackages();
  const { BundleCache } = await import('./bundle-cache.mjs');
  const cache = new BundleCache(root);
  const kept = cache.find();
  if (kept) return importBundle(kept);
  const made = await bundle();
  const now = cache.keep(made);
  return now ? importBundle(now) : importOnce(made);
}

async function importBundle({ file, map }) {
  const url = `${pathToFileURL(file).href}?main=${encodeURIComponent(pathToFileURL(mainFile).href)}`;
  const { nameSources } = await import('./source-positions.mjs');
  nameSources(url, map, dirname(mainFile));
  return import(url);
}

/** Imports a bundle that cannot be kept. */
async function importOnce({ code, map }) {
  const folder = withRoom(() => mkdtempSync(join(tmpdir(), 'slipway-')));
  const interrupted = (signal) => {
    rmSync(folder, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
  try {
    const file = join(folder, 'slipway.mjs');
    withRoom(() => writeFileSync(file, code));
    return await importBundle({ file, map });
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
