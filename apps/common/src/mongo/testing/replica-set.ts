import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { freePorts } from '../../testing/free-ports.ts';
import { Member } from './member.ts';

const NAME = 'rs0';

/** Half of the default, so that tests wait less, and still long enough for a busy machine. */
const ELECTION_MS = 5_000;

/** For everything that a set does by itself. */
const SETTLED_MS = 60_000;

/** How members encrypt what they say, and clients reach them. */
export interface Encryption {
  /** Arguments of each member. */
  readonly arguments: readonly string[];
  /** Options of a connection string, joined by `&`. */
  readonly options: string;
}

const PLAIN: Encryption = { arguments: [], options: '' };

/** Longer than any test. */
const FOREVER_SECONDS = 3_600;

/**
 * A replica set of real servers on 127.0.0.1, with authentication, whose elections and outages tests control. Its members end
 * with the process that started them.
 */
export class ReplicaSet {
  /** The connection string without a database, of a user with all rights. */
  readonly uri: string;
  /** The shared key of the members. */
  readonly key: string;
  private readonly members: readonly Member[];
  private readonly folder: string;
  private encryption: Encryption;

  private constructor(members: readonly Member[], key: string, folder: string, encryption: Encryption) {
    this.encryption = encryption;
    this.members = members;
    this.key = key;
    this.folder = folder;
    this.uri = `mongodb://root:${key}@${this.hosts.join(',')}/?replicaSet=${NAME}&authSource=admin`;
  }

  /**
   * Starts one whose first member is the primary.
   *
   * @param mongod the program
   * @throws Error if it does not start
   */
  static async start(mongod: string, count: number): Promise<ReplicaSet> {
    const set = await ReplicaSet.launch(mongod, count);
    try {
      await set.initiate();
    } catch (error) {
      await set.stop();
      throw error;
    }
    return set;
  }

  /** Starts servers that are not a replica set yet. @throws Error if they do not start */
  static async launch(mongod: string, count: number, encryption = PLAIN): Promise<ReplicaSet> {
    const folder = mkdtempSync(join(tmpdir(), 'replica-set-'));
    const keyFile = join(folder, 'key');
    const key = randomBytes(16).toString('hex');
    writeFileSync(keyFile, key, { mode: 0o400 });
    const ports = await freePorts(count);
    const members = ports.map((port) => {
      const [dbpath, logpath] = [join(folder, String(port)), join(folder, `${port}.log`)];
      return new Member([mongod, ...OPTIONS, ...argumentsOf({ port, dbpath, logpath, keyFile })], {
        port,
        data: dbpath,
        log: logpath,
      });
    });
    const set = new ReplicaSet(members, key, folder, encryption);
    try {
      await Promise.all(members.map((member) => member.up(encryption.arguments)));
    } catch (error) {
      await set.stop();
      throw error;
    }
    return set;
  }

  /** Addresses of the members. */
  get hosts(): string[] {
    return this.members.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** Makes a member the primary; undefined takes the primary away, and no other one is elected until a later call. */
  async elect(member: number | undefined): Promise<void> {
    if (member === undefined) await this.preventElections();
    else await this.electMember(this.at(member));
  }

  /** Kills a member; its data is kept. */
  async down(member: number): Promise<void> {
    await this.at(member).down();
  }

  /** Starts a member again. */
  async up(member: number): Promise<void> {
    await this.at(member).up();
  }

  /** Removes the data of a member that is down. */
  empty(member: number): void {
    this.at(member).empty();
  }

  /** Stops a member from running: it keeps its connections, and does not respond. */
  freeze(member: number): void {
    this.at(member).freeze();
  }

  thaw(member: number): void {
    this.at(member).thaw();
  }

  /** Runs a command on the primary. @throws Error if there is none, or it refuses */
  async command(command: mongo.Document): Promise<mongo.Document> {
    for (const member of this.members)
      if (await this.ask(member, isPrimary)) return this.ask(member, async (admin) => admin.command(command));
    throw new Error('the set has no primary');
  }

  /** Starts members again with another encryption, one after the other, each once the one before is back: as a StatefulSet rolls. */
  async roll(encryption: Encryption): Promise<void> {
    for (const member of this.members.toReversed()) {
      await this.ask(member, async (admin) => {
        // As a member does that is told to end.
        if (await isPrimary(admin)) await admin.command({ replSetStepDown: 60 });
      });
      await member.down();
      await member.up(encryption.arguments);
      await until(`port ${member.port} is back`, () => this.ask(member, isReady, encryption));
    }
    this.encryption = encryption;
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.down()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private at(index: number): Member {
    const member = this.members[index];
    if (!member) throw new Error(`the set has ${this.members.length} members, and none with index ${index}`);
    return member;
  }

  private async initiate(): Promise<void> {
    const first = this.at(0);
    await this.ask(first, async (admin) =>
      admin.command({
        replSetInitiate: {
          _id: NAME,
          members: this.hosts.map((host, index) => ({ _id: index, host })),
          settings: { electionTimeoutMillis: ELECTION_MS },
        },
      }),
    );
    await this.electMember(first);
    await this.ask(first, async (admin) => admin.command({ createUser: 'root', pwd: this.key, roles: ['root'] }));
    for (const member of this.members)
      await until('all members have copied the data', async () => this.ask(member, isReady));
  }

  private async preventElections(): Promise<void> {
    const primary: Member[] = [];
    for (const member of this.members)
      await this.ask(member, async (admin) => {
        if (await isPrimary(admin)) primary.push(member);
        else await admin.command({ replSetFreeze: FOREVER_SECONDS });
      });
    for (const member of primary)
      await this.ask(member, (admin) => admin.command({ replSetStepDown: FOREVER_SECONDS, force: true }));
  }

  private async electMember(member: Member): Promise<void> {
    await until(`port ${member.port} is primary`, () =>
      this.ask(member, async (admin) => {
        if (await isPrimary(admin)) return true;
        await admin.command({ replSetFreeze: 0 });
        await admin.command({ replSetStepUp: 1 });
        return isPrimary(admin);
      }),
    );
  }

  /** Asks one member, as the members ask each other: there is such a user before any is created. */
  private async ask<T>(
    member: Member,
    work: (admin: mongo.Db) => Promise<T>,
    { options } = this.encryption,
  ): Promise<T> {
    const uri = `mongodb://__system:${this.key}@127.0.0.1:${member.port}/?directConnection=true&authSource=local&${options}`;
    const client = new mongo.MongoClient(uri, { serverSelectionTimeoutMS: 5_000, retryWrites: false });
    try {
      return await work(client.db('admin'));
    } finally {
      await client.close();
    }
  }
}

/** Small, and silent about what is normal in a test. */
const OPTIONS = [
  '--nounixsocket',
  '--bind_ip=127.0.0.1',
  `--replSet=${NAME}`,
  '--oplogSize=64',
  '--wiredTigerCacheSizeGB=0.25',
  '--setParameter=diagnosticDataCollectionEnabled=false',
];

function argumentsOf(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

async function isReady(admin: mongo.Db): Promise<boolean> {
  const { isWritablePrimary, secondary } = await admin.command({ hello: 1 });
  return isWritablePrimary === true || secondary === true;
}

async function isPrimary(admin: mongo.Db): Promise<boolean> {
  return (await admin.command({ hello: 1 }))['isWritablePrimary'] === true;
}

/** Waits. A server that says why not yet is asked again. @throws Error with what it said last */
async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const latest = performance.now() + SETTLED_MS;
  let said = '';
  while (performance.now() < latest) {
    try {
      if (await check()) return;
    } catch (error) {
      said = (error as Error).message;
    }
    await sleep(50);
  }
  throw new Error(`after ${SETTLED_MS / 1000} s it is not so that ${what}: ${said}`);
}
