import { isIP } from 'node:net';

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

/** The key of a client's bucket: an IPv6 client can use a whole /64. */
export function clientKey(address: string): string {
  return isIP(address) === 6 ? network(address) : address;
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
