import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { isDuplicate } from '../duplicate.ts';

/** A lease as stored in the database. */
export interface LeaseDocument {
  /** The name of the lease. */
  readonly _id: string;
  /** The holder; null once it has released the lease. */
  readonly owner: string | null;
  /** Incremented by every heartbeat and every change of holder. */
  readonly beat: number;
}

/** How a lease is acquired. */
export interface LeaseOptions {
  readonly collection: mongo.Collection<LeaseDocument>;
  /** The name of the lease. */
  readonly id: string;
  /** The unique name of this contender. */
  readonly owner: string;
  /** Duration of the lease: without a heartbeat for so long, another contender takes over. */
  readonly seconds: number;
  /** Aborts waiting for the lease. */
  readonly signal: AbortSignal;
}

/** The holder could not renew its lease in time, so another may hold it now. */
export class LeaseLostError extends Error {
  constructor(id: string, owner: string) {
    super(`${owner} lost the lease on ${id}: it was not renewed in time, so another replica may hold it now`);
    this.name = 'LeaseLostError';
  }
}

/**
 * Acquires an exclusive lease, waiting if another contender holds it, and runs the work while holding it. The work's
 * signal aborts once the lease is lost. A dead holder is replaced when its beat has not changed for the lease's
 * duration on the clock of the waiting contender: clocks of different machines are never compared.
 *
 * @throws LeaseLostError if the lease was lost during the work; the signal's reason if the wait was aborted
 */
export async function withLease<T>(options: LeaseOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  await acquire(options);
  const heartbeat = new Heartbeat(options);
  try {
    const result = await work(AbortSignal.any([heartbeat.lost, options.signal]));
    heartbeat.lost.throwIfAborted();
    return result;
  } finally {
    await heartbeat.release();
  }
}

async function acquire({ collection, id, owner, seconds, signal }: LeaseOptions): Promise<void> {
  let seen: { readonly beat: number; readonly at: number } | undefined;
  for (;;) {
    signal.throwIfAborted();
    const current = await collection.findOne({ _id: id }, { readPreference: 'primary' });
    if (current === null) {
      if (await create(collection, { _id: id, owner, beat: 1 })) return;
      continue;
    }
    const { beat } = current;
    if (seen?.beat !== beat) seen = { beat, at: performance.now() };
    const expired = performance.now() - seen.at >= seconds * 1000;
    if (current.owner === null || expired) {
      // Compare-and-set: acquiring or renewing the lease changes the beat.
      const taken = await collection.updateOne({ _id: id, beat }, { $set: { owner }, $inc: { beat: 1 } });
      if (taken.matchedCount === 1) return;
    }
    // With jitter, so that contenders do not poll in step.
    await sleep((seconds * 1000 * (0.5 + Math.random())) / 30, undefined, { signal });
  }
}

async function create(collection: mongo.Collection<LeaseDocument>, lease: LeaseDocument): Promise<boolean> {
  try {
    await collection.insertOne(lease);
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** Renews a held lease until it is released or lost. */
class Heartbeat {
  private readonly options: LeaseOptions;
  private readonly losing = new AbortController();
  private readonly stopping = new AbortController();
  private readonly beating: Promise<void>;
  private renewedAt = performance.now();

  constructor(options: LeaseOptions) {
    this.options = options;
    this.beating = this.run();
  }

  /** Aborts when the lease may have passed to another holder. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Releases the lease, so that no contender has to wait for its expiry. */
  async release(): Promise<void> {
    this.stopping.abort();
    await this.beating;
    const { collection, id, owner } = this.options;
    // A lease that cannot be released expires.
    await collection.updateOne({ _id: id, owner }, { $set: { owner: null }, $inc: { beat: 1 } }).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { seconds } = this.options;
    while (!this.losing.signal.aborted && (await this.pause((seconds * 1000) / 6))) {
      const before = performance.now();
      // The last third of the duration is left for the work to stop.
      const timeLeft = this.renewedAt + (seconds * 1000 * 2) / 3 - before;
      const renewed = await Promise.race([this.renew(), sleep(Math.max(0, timeLeft), 'late' as const, { ref: false })]);
      if (renewed === 'held') this.renewedAt = before;
      else if (renewed !== 'failed') this.losing.abort(new LeaseLostError(this.options.id, this.options.owner));
    }
  }

  private async renew(): Promise<'held' | 'taken' | 'failed'> {
    const { collection, id, owner } = this.options;
    try {
      const { matchedCount } = await collection.updateOne({ _id: id, owner }, { $inc: { beat: 1 } });
      return matchedCount === 1 ? 'held' : 'taken';
    } catch {
      return 'failed';
    }
  }

  /** Returns false if the heartbeat is to stop. */
  private async pause(milliseconds: number): Promise<boolean> {
    return sleep(milliseconds, true, { signal: this.stopping.signal }).catch(() => false);
  }
}
