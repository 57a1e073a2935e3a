import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { Members } from './members.ts';

/** Creates indexes or runs migrations before the data is used; see MongoModuleOptions.prepare. */
export type Prepare = (connection: Connection, signal: AbortSignal) => Promise<void>;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Timeout of a ping; shorter than the probe's. */
const PING_MS = 2_000;

/**
 * A service's database. Connects in the background, with retries, so that the service starts without it; then prepares
 * the data. Disconnects on shutdown, after the last request.
 */
export class Database implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Database');
  private readonly stopping = new AbortController();
  private opening: Promise<void> | undefined;
  private attached = false;
  private prepared = false;
  private lastError = 'it has not connected yet';
  private readonly members: Members;

  constructor(
    private readonly connection: Connection,
    private readonly client: mongo.MongoClient,
    private readonly prepare: Prepare,
  ) {
    this.members = new Members(client);
  }

  /** True once connected and prepared. The database may be unavailable again since; the driver then reconnects. */
  get isPrepared(): boolean {
    return this.prepared;
  }

  /** False if whoever asks it waits in vain: it is not prepared, or has no primary for longer than an election takes. */
  get mayAnswer(): boolean {
    return this.prepared && this.members.mayElect;
  }

  /** Why it is not prepared yet, for operators. */
  get reason(): string {
    return this.lastError;
  }

  onApplicationBootstrap(): void {
    this.opening = this.open();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.client.close();
    await this.opening;
  }

  /**
   * Pings any member.
   *
   * @returns `degraded` if there is no primary for longer than an election takes; `up` during one, because requests wait for its end
   * @throws if no member responds within two seconds
   */
  async ping(): Promise<'up' | 'degraded'> {
    if (!this.prepared) throw new Error(this.lastError);
    if (!this.members.reachable) throw new Error('no member responds');
    const response = this.client.db().command({ ping: 1 }, { readPreference: 'primaryPreferred' });
    const timer = new AbortController();
    // The driver itself waits for an election before it gives up.
    const late = sleep(PING_MS, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`no response within ${PING_MS / 1000} seconds`);
    });
    await Promise.race([response, late]).finally(() => timer.abort());
    return this.members.mayElect ? 'up' : 'degraded';
  }

  private async open(): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.connect();
        await this.prepare(this.connection, signal);
        this.prepared = true;
        this.log.log('connected and prepared');
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.lastError = error instanceof Error ? error.message : String(error);
        this.log.warn(`not ready, retrying: ${this.lastError}`);
      }
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }

  private async connect(): Promise<void> {
    await this.client.connect();
    // The models' connection needs a client that is connected.
    if (!this.attached) this.connection.setClient(this.client);
    this.attached = true;
  }
}
