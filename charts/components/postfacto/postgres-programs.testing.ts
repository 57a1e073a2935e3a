import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ended, execute } from '../../../test/databases/execute.ts';
import type { PostgresPrograms } from '../../../test/databases/postgres.ts';
import { Authority } from '../../../test/lab/pki.ts';
import { freePorts } from '../../../apps/common/src/testing/free-ports.ts';
import { Component } from '../../component.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { postgres } from './postgres.ts';

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
  /** The application's connection string. */
  readonly url: string;

  constructor() {
    super('postfacto', { tier: 'apps' });
    const { reconcile, url } = postgres(this, {
      settings: {},
      image: 'postgres:17',
      exporterImage: 'postgres-exporter:1',
      storage: { storageClassName: 'standard' },
      secrets: { name: 'store', keyPrefix: 'test-', given: (name) => ({ name, remoteKey: name }) },
      size: '1Gi',
      dumpSize: '1Gi',
      authority: () => ({ issuer: 'internal-ca' }),
    });
    this.url = url('app');
    this.commands = [...(reconcile?.container.command ?? []), ...(reconcile?.container.args ?? [])];
    this.dns = [{ namespace: 'kube-system' }];
  }
}

/**
 * A server of real PostgreSQL on a Unix socket and 127.0.0.1, initialized as a rendered database is, and the programs of that, to be run on it: paths
 * of volumes, the address and passwords are replaced, and nothing else.
 */
export class PostgresServer {
  private readonly folder = join(tmpdir(), `postgres-programs-${randomBytes(4).toString('hex')}`);
  private readonly programs: PostgresPrograms;
  private readonly database = new Database();
  private readonly manifests: readonly Manifest[];
  private readonly stopped = new AbortController();
  private server: Promise<Ended> | undefined;
  private port = 0;

  constructor(programs: PostgresPrograms) {
    this.programs = programs;
    this.manifests = manifestsOf(this.database).manifests;
    this.own(this.folder);
    for (const [path, text] of Object.entries({ password: 'app', exporter: 'exporter', superuser: 'root' }))
      this.write(path, `${text}\n`);
  }

  /** Initializes the data, starts the server, and waits until it answers. @throws Error if it does not */
  async start(): Promise<void> {
    [this.port = 0] = await freePorts(1);
    const [data, socket] = [join(this.folder, 'data'), this.folder];
    const words = this.initdbArguments.split(' ');
    const initdb = ['initdb', `--pgdata=${data}`, '--username=postgres', `--pwfile=${this.folder}/superuser`, ...words];
    const { code, output } = await this.run(initdb);
    if (code !== 0) throw new Error(`initdb failed: ${output}`);
    this.renewCertificate();
    this.write('pg_hba.conf', this.data('pg_hba.conf', 'postfacto-postgres-access'));
    const args = listAt(this.container, 'args').map((word) => this.here(String(word)));
    const own = { listen_addresses: '127.0.0.1', port: this.port, unix_socket_directories: socket, fsync: 'off' };
    this.server = this.run(
      [...args, '-D', data, ...Object.entries(own).flatMap(([option, value]) => ['-c', `${option}=${value}`])],
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

  /** The host name of the server's certificate. */
  get host(): string {
    const [name] = listAt(this.find('Certificate', 'postfacto-postgres-tls'), 'spec', 'dnsNames');
    return String(name);
  }

  /** The server's certificate, as it lies in the files that the server reads. */
  renewCertificate(): string {
    const authority = new Authority(join(this.folder, `authority-${randomBytes(4).toString('hex')}`));
    const { cert, key } = authority.serving(this.host);
    this.write('ca.crt', authority.cert);
    this.write('tls.crt', cert);
    const file = this.write('tls.key', key);
    const { user } = this.programs;
    // As kubelet mounts a Secret: of root and the pod's group.
    chmodSync(file, 0o440);
    if (user === undefined) chmodSync(file, 0o400);
    else chownSync(file, 0, user);
    return cert;
  }

  /**
   * Connects by TCP as the application does, or as a client would that does not verify the server.
   *
   * @param parameters of the connection string @default those of the application
   * @returns what the server says of the connection's encryption: `t` or `f`
   */
  async connect(parameters?: string): Promise<Ended> {
    const url = new URL(this.database.url);
    if (parameters !== undefined) url.search = parameters;
    url.port = String(this.port);
    const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    const options = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', `--command=${sql}`];
    return this.run(['psql', this.here(decodeURIComponent(url.href)), ...options], { PGHOSTADDR: '127.0.0.1' });
  }

  /** Does some work while clients of 127.0.0.1 are admitted as others are, since the exporter's address is another one. */
  async from(exporter: string, work: () => Promise<void>): Promise<void> {
    const rules = this.data('pg_hba.conf', 'postfacto-postgres-access');
    const apply = async (text: string): Promise<void> => {
      this.write('pg_hba.conf', text);
      await this.query('SELECT pg_reload_conf()');
    };
    await apply(rules.replace('127.0.0.1/32', `${exporter}/32`));
    try {
      await work();
    } finally {
      await apply(rules);
    }
  }

  /** The certificate that the server shows to a new connection, as PEM. */
  async shownCertificate(): Promise<string> {
    const command = `openssl s_client -starttls postgres -connect 127.0.0.1:${this.port} </dev/null 2>/dev/null | openssl x509`;
    return (await this.run(['bash', '-c', command])).output;
  }

  /** Changes the application's password in the Secret, as the store's new value does. */
  changePassword(password: string): void {
    this.write('password', `${password}\n`);
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

  /** Runs SQL as the superuser in a database, the application's by default. @returns its output @throws Error if it fails */
  async query(sql: string, database = 'postfacto'): Promise<string> {
    const options = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1'];
    const { code, output } = await this.run(['psql', `--dbname=${database}`, ...options, `--command=${sql}`]);
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

  /**
   * Runs a shell command of a runbook, with a folder in place of `/dump`.
   *
   * @param role in whose database of the same name `DATABASE_URL` leads, with a parameter of Rails
   */
  async command(line: string, folder: string, role: string): Promise<Ended> {
    const url = `postgres:///${role}?host=${this.folder}&user=${role}&sslmode=disable&pool=15`;
    return this.run(['bash', '-c', line.replaceAll('/dump/', `${folder}/`)], { DATABASE_URL: url });
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
    const env = listAt(this.container, 'env');
    return (
      textAt(
        env.find((one) => at(one, 'name') === 'POSTGRES_INITDB_ARGS'),
        'value',
      ) ?? ''
    );
  }

  private async run(command: readonly string[], env: NodeJS.ProcessEnv = {}, signal?: AbortSignal): Promise<Ended> {
    const { user } = this.programs;
    const own = {
      PATH: this.path,
      PGHOST: this.folder,
      PGPORT: String(this.port),
      PGUSER: 'postgres',
      LANG: 'C.UTF-8',
      HOME: this.folder,
    };
    return execute(command, { env: { ...own, ...env }, user, signal });
  }

  private get container(): unknown {
    return at(this.find('StatefulSet'), 'spec', 'template', 'spec', 'containers', 0);
  }

  /** A text of a manifest, with the paths of certificates as they are here. */
  private here(text: string): string {
    return text.replaceAll(/\/(?:run\/tls|run\/authority|etc\/access)\//g, `${this.folder}/`);
  }

  private data(key: string, name?: string): string {
    const text = textAt(this.find('ConfigMap', name), 'data', key);
    if (text === undefined) throw new Error(`the ConfigMap has no ${key}`);
    return text;
  }

  private find(kind: string, name = 'postfacto-postgres'): Manifest {
    const found = this.manifests.find((one) => one.kind === kind && one.metadata.name === name);
    if (!found) throw new Error(`no ${kind} ${name}`);
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
