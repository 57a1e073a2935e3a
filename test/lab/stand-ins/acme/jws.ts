import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { at, textAt } from '../../../../charts/lib/manifest.ts';

/** An ACME error (RFC 8555, section 6.7). */
export class Problem extends Error {
  readonly type: string;
  readonly status: number;

  /** @param type last part of the error's URN */
  constructor(type: string, detail: string, status = 400) {
    super(detail);
    this.name = 'Problem';
    this.type = type;
    this.status = status;
  }

  /** As a problem document (RFC 7807). */
  toJSON(): Readonly<Record<string, unknown>> {
    return { type: `urn:ietf:params:acme:error:${this.type}`, detail: this.message, status: this.status };
  }
}

/** A signed request whose signature was verified. */
export interface Jws {
  readonly header: unknown;
  /** Undefined for POST-as-GET. */
  readonly payload: unknown;
  readonly key: JsonWebKey;
}

const KEY_TYPES: Readonly<Record<string, string>> = { RS256: 'RSA', ES256: 'EC' };

/**
 * Parses a signed request (JWS, flattened JSON serialization) and verifies its signature.
 *
 * @param keyOf returns the key of an account, by its URL
 * @throws Problem if it is malformed, names no key or two, or was not signed with the key
 */
export function openJws(text: string, keyOf: (account: string) => JsonWebKey | undefined): Jws {
  const jws = parsed(text);
  const [head = '', body = '', signature = ''] = ['protected', 'payload', 'signature'].map((field) =>
    textAt(jws, field),
  );
  const header = parsed(decoded(head));
  const account = textAt(header, 'kid');
  const own = at(header, 'jwk') as JsonWebKey | undefined;
  if ((account === undefined) === (own === undefined))
    throw new Problem('malformed', 'a request names either its account (kid) or its key (jwk)');
  const key = own ?? keyOf(account ?? '');
  if (key === undefined) throw new Problem('accountDoesNotExist', `there is no account ${account}`);
  const algorithm = textAt(header, 'alg') ?? '';
  if (KEY_TYPES[algorithm] === undefined || KEY_TYPES[algorithm] !== key.kty)
    throw new Problem('badSignatureAlgorithm', `${algorithm} with a key of type ${key.kty}`);
  if (!isSigned(`${head}.${body}`, signature, key))
    throw new Problem('malformed', 'the signature does not match the key');
  return { header, payload: body === '' ? undefined : parsed(decoded(body)), key };
}

function isSigned(text: string, signature: string, key: JsonWebKey): boolean {
  try {
    return verify(
      'sha256',
      Buffer.from(text),
      { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
  } catch {
    throw new Problem('badPublicKey', 'the key cannot be read');
  }
}

/** The required members of a public key, by its type, in the order of their names (RFC 7638, section 3.2). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = { RSA: ['e', 'kty', 'n'], EC: ['crv', 'kty', 'x', 'y'] };

/** Thumbprint of a public key: base64url of SHA-256 (RFC 7638, section 3). */
export function thumbprint(key: JsonWebKey): string {
  const members = (REQUIRED[key.kty ?? ''] ?? []).map((name) => [name, key[name]]);
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url');
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64url').toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('malformed', 'not JSON: the request cannot be parsed');
  }
}
