import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';

/** Brings the data into shape before it is used; see MongoModuleOptions.prepare. */
export type Prepare = (connection: Connection, signal: AbortSignal) => Promise<void>;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** How long a sign of life may take; shorter than what a probe waits. */
const PING_MS = 2_000;

/**
 * A service's database: connects in the background for as long as it takes, so that the service starts without it,
 * prepares the data, and closes at the end, after the last request.
 */
export class Database implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Database');
  private readonly stopping = new AbortController();
  private opening: Promise<void> | undefined;
  private attached = false;
  private prepared = false;
  private obstacle = 'it has not connected yet';

  constructor(
    private readonly connection: Connection,
    private readonly client: mongo.MongoClient,
    private readonly prepare: Prepare,
  ) {}

  /** True once the database was reached and the data prepared. It may be away again; the driver then reconnects. */
  get isPrepared(): boolean {
    return this.prepared;
  }

  /** Why it is not prepared yet, for people who operate the service. */
  get reason(): string {
    return this.obstacle;
  }

  onApplicationBootstrap(): void {
    this.opening = this.open();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.client.close();
    await this.opening;
  }

  /** Asks any member for a sign of life. @throws what keeps it from answering within two seconds */
  async ping(): Promise<void> {
    if (!this.prepared) throw new Error(this.obstacle);
    // Not just the primary: a request waits while a new one is elected, and a pod that turned away in the meantime
    // would have failed it.
    const answer = this.client.db().command({ ping: 1 }, { readPreference: 'primaryPreferred' });
    const timer = new AbortController();
    // The driver itself gives up only when it has waited for an election as well.
    const late = sleep(PING_MS, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`it has not answered for ${PING_MS / 1000} seconds`);
    });
    await Promise.race([answer, late]).finally(() => timer.abort());
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
        this.obstacle = error instanceof Error ? error.message : String(error);
        this.log.warn(`not ready, trying again: ${this.obstacle}`);
      }
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }

  private async connect(): Promise<void> {
    await this.client.connect();
    // Models find the client once it knows its servers.
    if (!this.attached) this.connection.setClient(this.client);
    this.attached = true;
  }
}
