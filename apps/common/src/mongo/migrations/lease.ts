import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { isDuplicate } from '../duplicate.ts';

/** Who holds the right to do something, as kept in the database. */
export interface LeaseDocument {
  /** What the lease is for. */
  readonly _id: string;
  /** The holder; null once it has given the lease back. */
  readonly owner: string | null;
  /** Changes with every sign of life of the holder, and with every change of hands. */
  readonly beat: number;
}

/** How a lease is taken. */
export interface LeaseOptions {
  readonly collection: mongo.Collection<LeaseDocument>;
  /** What the lease is for. */
  readonly id: string;
  /** The name of this contender, different from all others. */
  readonly owner: string;
  /** How long a holder may be silent before another one takes over. */
  readonly seconds: number;
  /** Ends the wait for the lease. */
  readonly signal: AbortSignal;
}

/** The holder was silent for too long, so another one may have the lease by now. */
export class LeaseLostError extends Error {
  constructor(id: string, owner: string) {
    super(`${owner} lost the lease on ${id}: it could not renew it in time, so another replica may work on it now`);
    this.name = 'LeaseLostError';
  }
}

/**
 * Does work while holding a lease that only one contender holds at a time, and waits for it if another one holds it.
 * The work's signal fires once the lease is lost. A holder that died is replaced when its beat has not changed for the
 * lease's seconds on the clock of the one who waits: clocks of different machines are never compared.
 *
 * @throws LeaseLostError if the lease was lost during the work; the signal's reason if the wait was ended
 */
export async function withLease<T>(options: LeaseOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  await acquire(options);
  const held = new Heartbeat(options);
  try {
    const result = await work(AbortSignal.any([held.lost, options.signal]));
    held.lost.throwIfAborted();
    return result;
  } finally {
    await held.release();
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
    const silent = performance.now() - seen.at >= seconds * 1000;
    if (current.owner === null || silent) {
      // Only if nobody was faster: whoever takes or renews the lease changes the beat.
      const taken = await collection.updateOne({ _id: id, beat }, { $set: { owner }, $inc: { beat: 1 } });
      if (taken.matchedCount === 1) return;
    }
    // Not in step with the others who wait.
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

/** Signs of life of a holder. */
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

  /** Fires when the lease may have gone to another holder. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Gives the lease back, so that nobody waits for it to run out. */
  async release(): Promise<void> {
    this.stopping.abort();
    await this.beating;
    const { collection, id, owner } = this.options;
    // A lease that cannot be given back runs out by itself.
    await collection.updateOne({ _id: id, owner }, { $set: { owner: null }, $inc: { beat: 1 } }).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { seconds } = this.options;
    while (!this.losing.signal.aborted && (await this.pause((seconds * 1000) / 6))) {
      const before = performance.now();
      // The last third of the time is for the work to notice and to stop.
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

  /** False if the heart is to stop. */
  private async pause(milliseconds: number): Promise<boolean> {
    return sleep(milliseconds, true, { signal: this.stopping.signal }).catch(() => false);
  }
}
