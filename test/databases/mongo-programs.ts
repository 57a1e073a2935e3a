import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Encryption } from '../../apps/common/src/mongo/testing/replica-set.ts';
import { Mongo } from '../../charts/components/mongo/mongo.ts';
import { mongoSettings } from '../../charts/components/mongo/settings.ts';
import { listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import type { Authority } from '../lab/pki.ts';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';
import { type Ended, execute } from './execute.ts';

/** MongoDB's programs, by name: `mongod` and, of its tools, `mongodump` and `mongorestore`. */
export type Tools = Readonly<Record<string, string>>;

/** How the script of the setup Job is run. */
export interface SetupRun {
  /** Addresses of the members. */
  readonly hosts: readonly string[];
  readonly key: string;
  /** Password of each user. */
  readonly passwords: Readonly<Record<string, string>>;
  /** How long it waits for members, in seconds. */
  readonly waits: number;
  /** Of the state that the set shall have, what differs from the rendered one. */
  readonly state?: object;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What probes are told of a member. */
export interface Health {
  /** As the pod's readiness probe asks. */
  readonly ready: () => Promise<boolean>;
  /** As mongod's liveness probe asks. */
  readonly alive: () => Promise<boolean>;
  /** Ends the container. */
  readonly stop: () => Promise<void>;
}

/** How the script of a dump is run. */
export interface DumpRun {
  /** Text of a shell script that takes the place of `mongodump`. @default the real one, of the tools */
  readonly mongodump?: string;
  /** Size above which no file can grow, in units of 1024 bytes. */
  readonly fileLimit?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** Writes its arguments where the dump would be. */
export const WRITES_ITS_ARGUMENTS = 'for last; do :; done; printf "%s\\n" "$@" >"${last#--archive=}"';

/** Settings of sets without certificates. */
export const PLAIN: z.input<typeof mongoSettings> = { tls: { offBecause: 'of TLS there are tests of its own' } };

/** The one client of the replica set, which has a user and a database. */
export const CLIENT = 'items';

/**
 * The programs of a rendered replica set, to be run as they are on servers that are elsewhere: paths of volumes, addresses and
 * passwords are replaced, and nothing else.
 */
export class MongoPrograms {
  private readonly manifests: readonly Manifest[];
  private readonly shell: string;
  private readonly folder = join(tmpdir(), `mongo-programs-${short()}`);

  /**
   * @param shell path of a folder with `mongosh`
   * @param settings of the section `mongo`
   * @param tools paths of what else the programs run
   */
  constructor(shell: string, settings: z.input<typeof mongoSettings> = {}, tools: Tools = {}) {
    const mongo = new Mongo('mongo', {
      ...mongoSettings.parse(settings),
      image: 'mongo:8.0',
      exporterImage: 'mongodb_exporter:0.53.0',
      storage: { storageClassName: 'standard' },
      secrets: { name: 'store', keyPrefix: 'test-', given: (name) => ({ name, remoteKey: name }) },
      authority: () => ({ issuer: 'internal-ca' }),
    });
    mongo.connection(CLIENT);
    mongo.dns = [{ namespace: 'kube-system' }];
    this.manifests = manifestsOf(mongo).manifests;
    this.shell = shell;
    this.write('mongosh.conf', this.data('mongosh', 'mongosh.conf'));
    mkdirSync(join(this.folder, 'bin'));
    for (const [name, program] of Object.entries(tools)) symlinkSync(program, join(this.folder, 'bin', name));
  }

  /** Removes the files that the programs read. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** How members encrypt what they say, with a certificate for 127.0.0.1. */
  encryption(authority: Authority): Encryption {
    const { cert, key } = authority.serving('127.0.0.1');
    this.write('tls/tls-combined.pem', key + cert);
    this.write('tls/ca.crt', authority.cert);
    this.write('authority/ca.crt', authority.cert);
    const server = this.container('mongo', 'mongod');
    const { options } = this.state as { readonly options: string };
    return {
      arguments: listAt(server, 'command')
        .map((word) => this.here(String(word)))
        .filter((word) => word.startsWith('--tls')),
      options: this.here(options),
    };
  }

  /** A new folder for dumps. */
  volume(): string {
    const volume = join(this.folder, `dumps-${short()}`);
    mkdirSync(volume, { recursive: true });
    return volume;
  }

  /** Names of the users that the set shall have. */
  get users(): string[] {
    const { users } = this.state as { readonly users: readonly { readonly name: string }[] };
    return users.map(({ name }) => name);
  }

  /** Runs the script of the setup Job. */
  async setup({ hosts, key, passwords, waits, state, signal }: SetupRun): Promise<Ended> {
    const folder = mkdtempSync(join(this.folder, 'setup-'));
    const files = {
      'setup/state.json': this.here(JSON.stringify({ ...this.state, hosts, timeoutSeconds: waits, ...state })),
      'setup/setup.js': this.data('mongo-setup', 'setup.js')
        .replaceAll('/etc/setup/', `${folder}/setup/`)
        .replaceAll('/run/', `${folder}/`),
      'key/keyfile': key,
      ...Object.fromEntries(this.users.map((name) => [`users/${name}`, passwords[name] ?? `${name}-password`])),
    };
    for (const [path, text] of Object.entries(files)) this.write(join(folder.slice(this.folder.length), path), text);
    const job = this.find('Job', 'mongo-setup');
    const command = listAt(job, 'spec', 'template', 'spec', 'containers', 0, 'command').map(String);
    return this.run(
      command.map((word) => word.replace('/etc/setup/', `${folder}/setup/`)),
      {},
      signal,
    );
  }

  /** Starts the container that asks a member for its state. @param member port where that listens */
  async health(member: number): Promise<Health> {
    const [port = 0] = await freePorts(1);
    const here = (text: string): string =>
      this.here(text)
        .replaceAll('/etc/health/', `${this.folder}/`)
        .replaceAll('127.0.0.1:27017', `127.0.0.1:${member}`)
        .replaceAll('8086', String(port));
    this.write('health.js', this.data('mongo-health', 'health.js'));
    const container = this.container('mongo', 'health');
    const env = listAt(container, 'env').map((one) => [textAt(one, 'name') ?? '', here(textAt(one, 'value') ?? '')]);
    const ends = new AbortController();
    const command = listAt(container, 'command').map((word) => here(String(word)));
    const ended = this.run(command, { ...Object.fromEntries(env), HOME: this.folder }, ends.signal);
    const server = this.container('mongo', 'mongod');
    const passes = async (probe: string): Promise<boolean> =>
      (await this.run(listAt(server, probe, 'exec', 'command').map((word) => here(String(word))))).code === 0;
    return {
      ready: async () => passes('readinessProbe'),
      alive: async () => passes('livenessProbe'),
      stop: async () => {
        ends.abort();
        await ended;
      },
    };
  }

  /**
   * Runs the script of the dumps.
   *
   * @param volume where dumps are kept
   */
  async dump(hosts: readonly string[], volume: string, options: DumpRun = {}): Promise<Ended> {
    const { mongodump, fileLimit, signal } = options;
    const folder = mkdtempSync(join(this.folder, 'dump-'));
    this.inPlaceOf('documents.js', folder, volume);
    this.write('mongodump.yaml', 'password: backup-password\n');
    if (mongodump !== undefined) {
      writeFileSync(join(folder, 'mongodump'), `#!/bin/bash\n${mongodump}\n`);
      chmodSync(join(folder, 'mongodump'), 0o755);
    }
    const script = this.inPlaceOf('dump.sh', folder, volume);
    const PATH = `${folder}:${this.path}`;
    const limited = fileLimit === undefined ? [] : ['bash', '-c', `ulimit -f ${fileLimit}; exec "$@"`, 'bash'];
    const tls = listAt(this.container('mongo-dump', 'dump'), 'env').find((one) => textAt(one, 'name') === 'TLS');
    const TLS = this.here(textAt(tls, 'value') ?? '');
    return this.run([...limited, 'bash', script], { HOSTS: hosts.join(' '), PATH, TLS }, signal);
  }

  /** Runs the script that verifies the newest dump of a volume. */
  async verify(volume: string): Promise<Ended> {
    return this.run(['bash', this.inPlaceOf('verify.sh', mkdtempSync(join(this.folder, 'verify-')), volume)]);
  }

  /**
   * Runs the command of a runbook that reads a dump back.
   *
   * @param line of a shell, with the hosts of a rendered set, and with its TLS, of which servers here have none
   * @param set its members, and the key that the command reads
   * @param archive path of the dump
   */
  async restore(line: string, { hosts, key }: Pick<SetupRun, 'hosts' | 'key'>, archive: string): Promise<Ended> {
    const [, user = '', source = ''] = /mongodb:\/\/(\w+)@.*authSource=(\w+)/.exec(line) ?? [];
    const uri = `mongodb://${user}@${hosts.join(',')}/?replicaSet=rs0&authSource=${source}`;
    const here = line.replace(/'mongodb:[^']*'/, `'${uri}'`).replace('/dump/restore.archive.gz', archive);
    return this.run(['bash', '-c', `cat ${this.write('restore/keyfile', key)} | ${here}`]);
  }

  /** Writes a program of the dumps into a folder, for a volume. @returns its path */
  private inPlaceOf(name: string, folder: string, volume: string): string {
    const text = this.data('mongo-dump', name)
      .replaceAll('cd /dump', `cd ${volume}`)
      .replaceAll('/etc/dump/', `${folder}/`)
      .replaceAll('/run/password/', `${this.folder}/`);
    return this.write(join(folder.slice(this.folder.length), name), text);
  }

  private get path(): string {
    return `${this.folder}/bin:${this.shell}:${process.env['PATH']}`;
  }

  private async run(command: readonly string[], env: NodeJS.ProcessEnv = {}, signal?: AbortSignal): Promise<Ended> {
    return execute(command, { env: { PATH: this.path, HOME: this.folder, ...env }, signal });
  }

  private container(set: string, name: string): unknown {
    const containers = listAt(this.find('StatefulSet', set), 'spec', 'template', 'spec', 'containers');
    return containers.find((one) => textAt(one, 'name') === name);
  }

  private get state(): object {
    return JSON.parse(this.data('mongo-setup', 'state.json')) as object;
  }

  /** A text of a manifest, with the paths of certificates as they are here. */
  private here(text: string): string {
    return text.replaceAll(/\/run\/(?=tls\/|authority\/)/g, `${this.folder}/`);
  }

  private data(configMap: string, key: string): string {
    const text = textAt(this.find('ConfigMap', configMap), 'data', key);
    if (text === undefined) throw new Error(`ConfigMap ${configMap} has no ${key}`);
    return text;
  }

  private find(kind: string, name: string): Manifest {
    const found = this.manifests.find((one) => one.kind === kind && one.metadata.name === name);
    if (!found) throw new Error(`no ${kind} ${name}`);
    return found;
  }

  private write(path: string, text: string): string {
    const file = join(this.folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  }
}

/** Part of a name. The path of a socket has at most 107 bytes, and MongoDB's tools convert it to lower case. */
const short = (): string => randomBytes(4).toString('hex');
