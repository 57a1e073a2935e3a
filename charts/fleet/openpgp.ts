import { createHash } from 'node:crypto';

/** A public key of OpenPGP. */
export interface PublicKey {
  /** Its key id: 16 hexadecimal digits, in capitals, as GnuPG writes it. */
  readonly id: string;
  /** Ids of its subkeys, by one of which people may sign. */
  readonly subkeys: readonly string[];
}

/** ASCII armor (RFC 9580, section 6.2): the kind of block, its headers, and its base64 before the checksum. */
const ARMOR =
  /^\s*-----BEGIN PGP ([A-Z ]+)-----\r?\n(?:[^\r\n]+: [^\r\n]*\r?\n)*\r?\n([\sA-Za-z0-9+/=]+?)(?:\r?\n=[A-Za-z0-9+/]{4})?\r?\n-----END PGP \1-----\s*$/;

/** Types of packets (RFC 9580, section 5). */
const PUBLIC_KEY = 6;
const PUBLIC_SUBKEY = 14;
/** The version of keys that GnuPG makes, whose id is the end of their fingerprint. */
const VERSION = 4;

/**
 * Reads the ids of an armored public key. Nothing of it is verified: Argo CD's GnuPG does that.
 *
 * @returns the key, or what is wrong with the text, to follow the name of a setting
 */
export function publicKeyOf(armored: string): PublicKey | string {
  const [, kind, base64 = ''] = ARMOR.exec(armored) ?? [];
  if (kind === 'PRIVATE KEY BLOCK') return 'is a private key: revoke it, since Git keeps what it has seen';
  if (kind !== 'PUBLIC KEY BLOCK') return 'must be an armored public key, as gpg --armor --export writes it';
  const bytes = Buffer.from(base64, 'base64');
  const packets = packetsOf(bytes);
  const keys = packets?.filter(({ type }) => type === PUBLIC_KEY) ?? [];
  const [key] = keys;
  if (!packets || !key || packets[0] !== key) return 'has no public key: export it again with gpg --armor --export';
  if (keys.length > 1) return `has ${keys.length} keys: Argo CD takes one a block, so export each by its id`;
  const version = key.body[0];
  if (version !== VERSION) return `is a key of version ${version}: Argo CD's GnuPG reads version ${VERSION}`;
  return { id: idOf(key), subkeys: packets.filter(({ type }) => type === PUBLIC_SUBKEY).map(idOf) };
}

interface Packet {
  readonly type: number;
  readonly body: Buffer;
}

/** The packets of a key (RFC 9580, section 4.2); undefined if they do not fill it exactly. */
function packetsOf(bytes: Buffer): Packet[] | undefined {
  const packets: Packet[] = [];
  let at = 0;
  while (at < bytes.length) {
    const header = headerOf(bytes.subarray(at));
    if (header === undefined || at + header.size + header.length > bytes.length) return undefined;
    const start = at + header.size;
    at = start + header.length;
    packets.push({ type: header.type, body: bytes.subarray(start, at) });
  }
  return packets;
}

/** Type of the first packet, and the lengths in bytes of its header and its body; undefined if it is none. */
function headerOf(bytes: Buffer): { type: number; size: number; length: number } | undefined {
  const [tag = 0, first = 0, second = 0] = bytes;
  if ((tag & 0x80) === 0 || bytes.length < 6) return undefined;
  if (tag & 0x40) {
    const type = tag & 0x3f;
    if (first < 192) return { type, size: 2, length: first };
    if (first < 224) return { type, size: 3, length: ((first - 192) << 8) + second + 192 };
    return first === 255 ? { type, size: 6, length: bytes.readUInt32BE(2) } : undefined;
  }
  const type = (tag & 0x3c) >> 2;
  const octets = [1, 2, 4][tag & 3];
  return octets === undefined ? undefined : { type, size: 1 + octets, length: bytes.readUIntBE(1, octets) };
}

/** The key id: the end of the fingerprint (RFC 9580, section 5.5.4.2). */
function idOf({ body }: Packet): string {
  const prefix = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
  return createHash('sha1').update(prefix).update(body).digest('hex').slice(-16).toUpperCase();
}
