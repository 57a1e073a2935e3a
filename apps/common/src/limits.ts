import type { ServerResponse } from 'node:http';
import { refuse } from './problem.ts';

/** Size of the table of clients; the oldest is evicted for a new one. */
const MAX_CLIENTS = 10_000;
/** Size of a burst, in seconds of the rate. */
const BURST_SECONDS = 2;

interface Bucket {
  tokens: number;
  /** Clock in milliseconds when `tokens` was computed. */
  at: number;
}

/** Limits the request rate of each client with a token bucket. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param perSecond sustained requests per second; 0 disables the limit
   * @param now a monotonic clock, in milliseconds
   */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one token of a client. Returns 0 if there was one, else the whole seconds to wait. */
  take(address: string): number {
    if (this.perSecond === 0) return 0;
    const bucket = this.bucketOf(clientKey(address));
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.perSecond);
    bucket.tokens -= 1;
    return 0;
  }

  private bucketOf(key: string): Bucket {
    const now = this.now();
    const capacity = Math.max(1, this.perSecond * BURST_SECONDS);
    const known = this.buckets.get(key);
    if (known) {
      known.tokens = Math.min(capacity, known.tokens + ((now - known.at) / 1000) * this.perSecond);
      known.at = now;
      return known;
    }
    if (this.buckets.size >= MAX_CLIENTS) this.evictOldest();
    const bucket = { tokens: capacity, at: now };
    this.buckets.set(key, bucket);
    return bucket;
  }

  private evictOldest(): void {
    const [oldest = ''] = this.buckets.keys();
    this.buckets.delete(oldest);
  }
}

/** Places for requests, of which one client gets only some. */
export class Places {
  private readonly byClient = new Map<string, number>();
  private taken = 0;

  constructor(
    private readonly total: number,
    private readonly perClient: number,
  ) {}

  /** Number of places that are taken. */
  get count(): number {
    return this.taken;
  }

  /** Takes a place. Returns the status to refuse with if the client has all that it may have (429), or none is left (503). */
  take(address: string): 429 | 503 | undefined {
    const key = clientKey(address);
    const own = this.byClient.get(key) ?? 0;
    if (own >= this.perClient) return 429;
    if (this.taken >= this.total) return 503;
    this.byClient.set(key, own + 1);
    this.taken += 1;
    return undefined;
  }

  giveBack(address: string): void {
    const key = clientKey(address);
    const own = this.byClient.get(key) ?? 0;
    if (own > 1) this.byClient.set(key, own - 1);
    else this.byClient.delete(key);
    this.taken -= 1;
  }
}

/** Refuses a request for which there is no place. */
export function refuseFull(response: ServerResponse, status: 429 | 503): void {
  refuse(response, status, status === 429 ? 'Too many requests at once.' : 'The service is overloaded.', 1);
}

/** The key of a client's bucket: an IPv6 client can use a whole /64. */
export function clientKey(address: string): string {
  return address.includes(':') ? network(address) : address;
}

function network(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  // A trailing IPv4 address counts as two groups, and never reaches into the first four.
  const groups = right.length + (right.at(-1)?.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - groups) }, () => '0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
