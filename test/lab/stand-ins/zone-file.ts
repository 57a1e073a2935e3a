import { isIPv6 } from 'node:net';
import { type DnsRecord, isWithin } from './cloudflare.ts';

/** What Cloudflare makes of the TTL 1, in seconds. */
const AUTOMATIC_TTL = 300;
/**
 * TTL in seconds of the zone's own records, and of the answer that a name does not exist (RFC 2308, section 4). Cloudflare
 * has 1800 for the latter: a rehearsal would wait half an hour for a name that was asked for too early.
 */
const OWN_TTL = 60;
/** Bytes of a character-string (RFC 1035, section 3.3). */
const STRING_LENGTH = 255;

/** A name server: the host name without the dot at the end, and its IP address. */
export interface NameServer {
  readonly name: string;
  readonly address: string;
}

/**
 * The master file of a zone (RFC 1035, section 5), for a DNS server that reads it.
 *
 * @param zone name, without the dot at the end
 * @param records those outside of the zone are left out
 * @param nameServer its address is in the file if its name is in the zone
 * @param serial must rise with each change, for servers to load the file again
 */
export function zoneFile(zone: string, records: readonly DnsRecord[], nameServer: NameServer, serial: number): string {
  const { name, address } = nameServer;
  const line = (owner: string, ttl: number, type: string, data: string): string =>
    `${owner}. ${ttl} IN ${type} ${data}\n`;
  const timers = `${serial} 3600 600 604800 ${OWN_TTL}`;
  return [
    line(zone, OWN_TTL, 'SOA', `${name}. hostmaster.${zone}. ${timers}`),
    line(zone, OWN_TTL, 'NS', `${name}.`),
    ...(isWithin(name, zone) ? [line(name, OWN_TTL, isIPv6(address) ? 'AAAA' : 'A', address)] : []),
    ...records
      .filter((record) => isWithin(record.name, zone))
      .map((record) => line(record.name, record.ttl === 1 ? AUTOMATIC_TTL : record.ttl, record.type, dataOf(record))),
  ].join('');
}

function dataOf({ type, content }: DnsRecord): string {
  if (type === 'CNAME') return content.endsWith('.') ? content : `${content}.`;
  return type === 'TXT' ? stringsOf(content).flatMap(pieces).map(quoted).join(' ') : content;
}

/** Character-strings in quotes, separated by spaces. */
const QUOTED = /^\s*("(?:[^"\\]|\\.)*"\s*)+$/s;

/** The strings of a TXT record's content: one if it is not quoted throughout. */
function stringsOf(content: string): readonly Buffer[] {
  if (!QUOTED.test(content)) return [Buffer.from(content)];
  return [...content.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner = '']) => unescaped(inner));
}

/** Resolves `\X` and `\DDD`, where DDD is a byte in decimal. */
function unescaped(text: string): Buffer {
  const parts = text.match(/\\(?:\d{3}|.)|[^\\]+/gs) ?? [];
  return Buffer.concat(
    parts.map((part) =>
      /^\\\d{3}$/.test(part) ? Buffer.from([Number(part.slice(1))]) : Buffer.from(part.replace(/^\\/, '')),
    ),
  );
}

/** Cuts a string into as many as its length needs; at least one. */
function pieces(string: Buffer): readonly Buffer[] {
  const count = Math.max(1, Math.ceil(string.length / STRING_LENGTH));
  return Array.from({ length: count }, (_, i) => string.subarray(i * STRING_LENGTH, (i + 1) * STRING_LENGTH));
}

function quoted(string: Buffer): string {
  const text = [...string].map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    return byte < 0x20 || byte > 0x7e ? `\\${String(byte).padStart(3, '0')}` : character;
  });
  return `"${text.join('')}"`;
}
