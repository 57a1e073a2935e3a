import { BlockList } from 'node:net';

/** True if a range of addresses holds all of another one. */
export function contains(range: string, inner: string): boolean {
  const [outer, part] = [parse(range), parse(inner)];
  if (outer.family !== part.family || part.prefix < outer.prefix) return false;
  const block = new BlockList();
  block.addSubnet(outer.address, outer.prefix, outer.family);
  return block.check(part.address, part.family);
}

/** The first address of an IPv4 range after that of the network: the API server's Service has that of its range. */
export function firstAddress(range: string): string {
  const { address, prefix } = parse(range);
  const octets = address.split('.').map(Number);
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const first = number - (number % 2 ** (32 - prefix)) + 1;
  return [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join('.');
}

interface Parsed {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parse(range: string): Parsed {
  const [address = '', prefix = ''] = range.split('/');
  return { address, prefix: Number(prefix), family: range.includes(':') ? 'ipv6' : 'ipv4' };
}
