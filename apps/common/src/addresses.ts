import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The proxies whose X-Forwarded-For entries are trusted. */
export class TrustedProxies {
  private readonly list = new BlockList();

  /** @param ranges addresses and CIDR ranges, validated by `addressList` */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', length] = range.split('/');
      const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
      if (length === undefined) this.list.addAddress(address, family);
      else this.list.addSubnet(address, Number(length), family);
    }
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }

  /**
   * The client address of a request: that of the nearest hop that is not trusted. A client can forge the left end of
   * X-Forwarded-For; trusted proxies append to the right.
   */
  clientOf(request: IncomingMessage): string {
    let client = plain(request.socket.remoteAddress ?? '');
    const forwarded = request.headers['x-forwarded-for'];
    if (forwarded === undefined || !this.has(client)) return client;
    // Node joins repeated headers with a comma, in order.
    const hops = String(forwarded).split(',');
    for (let i = hops.length - 1; i >= 0; i -= 1) {
      const hop = addressOf(hops[i] ?? '');
      // Nothing is known beyond a hop without an address: the proxy that appended it is the last known one.
      if (hop === undefined) return client;
      client = hop;
      if (!this.has(client)) return client;
    }
    return client;
  }
}

/** The address in one entry of X-Forwarded-For; some proxies add a port. */
function addressOf(entry: string): string | undefined {
  const text = entry.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : plain(bare);
}

/** Unmaps an IPv4-mapped IPv6 address and drops the zone. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address.replace(/%.*$/, '');
}
