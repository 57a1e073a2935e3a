import { isIP } from 'node:net';

/** Clients that are remembered at once; the one that came first is forgotten for a new one. */
const MOST_CLIENTS = 10_000;
/** Seconds of its rate that a client may spend at once. */
const BURST_SECONDS = 2;

interface Bucket {
  tokens: number;
  /** Milliseconds of the clock when `tokens` was right. */
  at: number;
}

/** How often each client may ask: a bucket of tokens for each, filled evenly. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param perSecond requests a second in the long run; 0 for no limit
   * @param now a clock that never goes back, in milliseconds
   */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one request of a client: 0 if it may pass, else the whole seconds after which the next one may. */
  take(address: string): number {
    if (this.perSecond === 0) return 0;
    const bucket = this.bucketOf(clientKey(address));
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.perSecond);
    bucket.tokens -= 1;
    return 0;
  }

  private bucketOf(key: string): Bucket {
    const now = this.now();
    const most = Math.max(1, this.perSecond * BURST_SECONDS);
    const known = this.buckets.get(key);
    if (known) {
      known.tokens = Math.min(most, known.tokens + ((now - known.at) / 1000) * this.perSecond);
      known.at = now;
      return known;
    }
    if (this.buckets.size >= MOST_CLIENTS) this.forgetOldest();
    const bucket = { tokens: most, at: now };
    this.buckets.set(key, bucket);
    return bucket;
  }

  private forgetOldest(): void {
    const [oldest = ''] = this.buckets.keys();
    this.buckets.delete(oldest);
  }
}

/** One client has a whole IPv6 network of 64 bits to itself. */
export function clientKey(address: string): string {
  return isIP(address) === 6 ? network(address) : address;
}

function network(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end stands for two groups; none of them are in the first four.
  const groups = right.length + (right.at(-1)?.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - groups) }, () => '0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
