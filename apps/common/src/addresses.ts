import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The hops whose word about a caller's address is taken. */
export class TrustedProxies {
  private readonly list = new BlockList();

  /** @param ranges addresses and CIDR ranges, as `addressList` checks them */
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
   * The address that a request really came from: that of the nearest hop that is not trusted. A caller can write
   * anything to the far end of X-Forwarded-For, but what trusted hops appended stands nearer to us.
   */
  clientOf(request: IncomingMessage): string {
    let client = plain(request.socket.remoteAddress ?? '');
    const forwarded = request.headers['x-forwarded-for'];
    if (forwarded === undefined || !this.has(client)) return client;
    // Node joins repeated headers with a comma, in their order.
    const hops = String(forwarded).split(',');
    for (let i = hops.length - 1; i >= 0; i -= 1) {
      const hop = addressOf(hops[i] ?? '');
      // Nobody can be asked about a hop without an address: whoever passed it on is as far as we can see.
      if (hop === undefined) return client;
      client = hop;
      if (!this.has(client)) return client;
    }
    return client;
  }
}

/** The address in one member of X-Forwarded-For, which some proxies write with a port. */
function addressOf(member: string): string | undefined {
  const text = member.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : plain(bare);
}

/** An IPv4 address that arrives on an IPv6 socket, as the IPv4 address that it is; no zone. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address.replace(/%.*$/, '');
}
