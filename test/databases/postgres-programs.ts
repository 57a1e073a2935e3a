import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Component } from '../../charts/component.ts';
import { postgres } from '../../charts/components/postfacto/postgres.ts';
import { at, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { type Ended, execute } from './execute.ts';
import type { PostgresPrograms } from './postgres.ts';

/** How the script of a dump is run. */
export interface DumpRun {
  /** Text of a shell script that takes the place of `pg_dump`. @default the real one */
  readonly pgDump?: string;
  /** Size above which no file can grow, in units of 1024 bytes. */
  readonly fileLimit?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

const LISTENS_MS = 30_000;

/** A component that is a database alone. */
class Database extends Component {
  readonly commands: readonly string[];

  constructor() {
    super('postfacto', { tier: 'apps' });
    const { reconcile } = postgres(this, {
      settings: {},
      image: 'postgres:17',
      exporterImage: 'postgres-exporter:1',
      storage: { storageClassName: 'standard' },
      secrets: { name: 'store', keyPrefix: 'test-', given: (name) => ({ name, remoteKey: name }) },
      size: '1Gi',
      dumpSize: '1Gi',
    });
    this.commands = [...(reconcile.command ?? []), ...(reconcile.args ?? [])];
    this.dns = [{ namespace: 'kube-system' }];
  }
}

/**
 * A server of real PostgreSQL on a Unix socket, initialized as a rendered database is, and the programs of that, to be run on it: paths
 * of volumes, the address and passwords are replaced, and nothing else.
 */
export class PostgresServer {
  private readonly folder = join(tmpdir(), `postgres-programs-${randomBytes(4).toString('hex')}`);
  private readonly programs: PostgresPrograms;
  private readonly database = new Database();
  private readonly manifests: readonly Manifest[];
  private readonly stopped = new AbortController();
  private server: Promise<Ended> | undefined;

  constructor(programs: PostgresPrograms) {
    this.programs = programs;
    this.manifests = manifestsOf(this.database).manifests;
    this.own(this.folder);
    for (const [path, text] of Object.entries({ password: 'app', exporter: 'exporter', superuser: 'root' }))
      this.write(path, `${text}\n`);
  }

  /** Initializes the data, starts the server, and waits until it answers. @throws Error if it does not */
  async start(): Promise<void> {
    const [data, socket] = [join(this.folder, 'data'), this.folder];
    const words = this.initdbArguments.split(' ');
    const initdb = ['initdb', `--pgdata=${data}`, '--username=postgres', `--pwfile=${this.folder}/superuser`, ...words];
    const { code, output } = await this.run(initdb);
    if (code !== 0) throw new Error(`initdb failed: ${output}`);
    this.server = this.run(
      ['postgres', '-D', data, '-k', socket, '-c', 'listen_addresses=', '-c', 'fsync=off'],
      {},
      this.stopped.signal,
    );
    const latest = performance.now() + LISTENS_MS;
    while ((await this.run(['pg_isready', '--quiet'])).code !== 0) {
      if (performance.now() > latest) throw new Error('PostgreSQL does not answer');
      await sleep(50);
    }
  }

  /** Kills the server, and removes all files. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.server;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs the init container that reconciles roles and the database. */
  async reconcile(): Promise<Ended> {
    const sql = this.write('database.sql', this.inPlace('database.sql', ''));
    return this.run(
      this.database.commands.map((word) =>
        word.startsWith('--host=') ? `--host=${this.folder}` : word.replace('/etc/postgres/database.sql', sql),
      ),
    );
  }

  /** Runs SQL as the superuser in the application's database. @returns its output @throws Error if it fails */
  async query(sql: string): Promise<string> {
    const options = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1'];
    const { code, output } = await this.run(['psql', '--dbname=postfacto', ...options, `--command=${sql}`]);
    if (code !== 0) throw new Error(output);
    return output;
  }

  /** A new folder for dumps, which has what another one has. */
  volume(like?: string): string {
    const volume = join(this.folder, `dumps-${randomBytes(4).toString('hex')}`);
    this.own(volume);
    if (like !== undefined) cpSync(like, volume, { recursive: true });
    return volume;
  }

  /** Runs the script of the dumps. @param volume where dumps are kept */
  async dump(volume: string, { pgDump, fileLimit, signal }: DumpRun = {}): Promise<Ended> {
    const bin = this.volume();
    if (pgDump !== undefined) writeFileSync(join(bin, 'pg_dump'), `#!/bin/bash\n${pgDump}\n`, { mode: 0o755 });
    const limited = fileLimit === undefined ? [] : ['bash', '-c', `ulimit -f ${fileLimit}; exec "$@"`, 'bash'];
    const command = [...limited, 'bash', '-c', this.inPlace('dump.sh', volume)];
    return this.run(command, { PATH: `${bin}:${this.path}` }, signal);
  }

  /** Runs the script that verifies the newest dump of a volume. */
  async verify(volume: string): Promise<Ended> {
    return this.run(['bash', '-c', this.inPlace('verify.sh', volume)]);
  }

  private inPlace(name: string, volume: string): string {
    return this.data(name)
      .replaceAll('cd /dump', `cd ${volume}`)
      .replaceAll('/run/password/password', `${this.folder}/password`)
      .replaceAll('/run/exporter/password', `${this.folder}/exporter`);
  }

  private get path(): string {
    return `${this.programs.bin}:${process.env['PATH']}`;
  }

  private get initdbArguments(): string {
    const env = listAt(this.find('StatefulSet'), 'spec', 'template', 'spec', 'containers', 0, 'env');
    return (
      textAt(
        env.find((one) => at(one, 'name') === 'POSTGRES_INITDB_ARGS'),
        'value',
      ) ?? ''
    );
  }

  private async run(command: readonly string[], env: NodeJS.ProcessEnv = {}, signal?: AbortSignal): Promise<Ended> {
    const { user } = this.programs;
    const own = { PATH: this.path, PGHOST: this.folder, PGUSER: 'postgres', LANG: 'C.UTF-8', HOME: this.folder };
    return execute(command, { env: { ...own, ...env }, user, signal });
  }

  private data(key: string): string {
    const text = textAt(this.find('ConfigMap'), 'data', key);
    if (text === undefined) throw new Error(`ConfigMap postfacto-postgres has no ${key}`);
    return text;
  }

  private find(kind: string): Manifest {
    const found = this.manifests.find((one) => one.kind === kind && one.metadata.name === 'postfacto-postgres');
    if (!found) throw new Error(`no ${kind} postfacto-postgres`);
    return found;
  }

  private write(path: string, text: string): string {
    const file = join(this.folder, path);
    writeFileSync(file, text);
    return file;
  }

  /** Makes a folder of the user who runs the programs. */
  private own(folder: string): void {
    mkdirSync(folder);
    const { user } = this.programs;
    if (user !== undefined) chownSync(folder, user, user);
  }
}
