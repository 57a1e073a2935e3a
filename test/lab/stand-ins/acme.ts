import { createPublicKey, type JsonWebKey, randomBytes, verify } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Authority } from '../pki.ts';

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
}

/** A signed request whose signature was verified. */
export interface Jws {
  readonly header: unknown;
  /** Undefined for POST-as-GET. */
  readonly payload: unknown;
  readonly key: JsonWebKey;
}

interface Account {
  readonly key: JsonWebKey;
  contact: readonly unknown[];
}

interface Order {
  readonly account: string;
  readonly names: readonly string[];
  readonly expires: string;
  /** PEM, once the order is finalized. */
  certificate?: string;
}

interface Reply {
  readonly status?: number;
  readonly location?: string;
  /** A string is PEM, anything else JSON. */
  readonly body: unknown;
}

const VALID_DAYS = 7;
const KEY_TYPES: Readonly<Record<string, string>> = { RS256: 'RSA', ES256: 'EC' };

/**
 * Stands in for Let's Encrypt: an ACME server (RFC 8555) that signs with the lab's CA. Verifies requests, signatures
 * and nonces, but not the control of names: authorizations are valid from the start, like those of a recently validated
 * name.
 */
export class AcmeStandIn {
  readonly handler: RequestListener = (req, res) => void this.respond(req, res);
  private readonly authority: Authority;
  private readonly nonces = new Set<string>();
  /** By URL. */
  private readonly accounts = new Map<string, Account>();
  private readonly orders: Order[] = [];

  constructor(authority: Authority) {
    this.authority = authority;
  }

  private async respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const base = `https://${req.headers.host}`;
    const nonce = randomBytes(16).toString('base64url');
    this.nonces.add(nonce);
    res.setHeader('replay-nonce', nonce);
    try {
      const {
        status = 200,
        location,
        body,
      } = req.method === 'POST' ? this.post(base, req.url ?? '', await textOf(req)) : { body: directory(base) };
      if (location !== undefined) res.setHeader('location', location);
      if (typeof body === 'string') send(res, status, 'application/pem-certificate-chain', body);
      else send(res, status, 'application/json', JSON.stringify(body));
    } catch (error) {
      const { type, status, message } =
        error instanceof Problem ? error : new Problem('serverInternal', String(error), 500);
      send(
        res,
        status,
        'application/problem+json',
        JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, detail: message, status }),
      );
    }
  }

  private post(base: string, path: string, text: string): Reply {
    const jws = openJws(text, (url) => this.accounts.get(url)?.key);
    const { header, payload } = jws;
    if (!this.nonces.delete(textAt(header, 'nonce') ?? ''))
      throw new Problem('badNonce', 'the nonce is unknown or was already used');
    if (textAt(header, 'url') !== base + path)
      throw new Problem('unauthorized', `signed for ${textAt(header, 'url')}, sent to ${base + path}`, 401);
    const [, what = '', id = ''] = path.split('/');
    if (what === 'new-account') return this.register(base, jws);
    const account = textAt(header, 'kid');
    if (account === undefined)
      throw new Problem(
        'malformed',
        'only new-account requests may be signed with a key (jwk) instead of an account (kid)',
      );
    if (what === 'account') return this.account(account, payload);
    if (what === 'new-order') return this.open(base, account, payload);
    const order = this.orders[Number(id)];
    if (order?.account !== account) throw new Problem('malformed', `the account has no resource ${path}`, 404);
    if (what === 'finalize') this.finalize(order, textAt(payload, 'csr') ?? '');
    if (what === 'certificate' && order.certificate !== undefined) return { body: order.certificate };
    if (what === 'authorization') return { body: authorization(order, path) };
    return this.orderReply(base, order);
  }

  private register(base: string, { payload, key }: Jws): Reply {
    const [known] = [...this.accounts].find(([, account]) => isDeepStrictEqual(account.key, key)) ?? [];
    if (known !== undefined) return this.account(known, undefined);
    if (at(payload, 'onlyReturnExisting') === true)
      throw new Problem('accountDoesNotExist', 'there is no account with this key');
    const location = `${base}/account/${this.accounts.size}`;
    this.accounts.set(location, { key, contact: [] });
    return { ...this.account(location, payload), status: 201 };
  }

  /** Replies with an account, after updating its contacts if the request has some. */
  private account(location: string, payload: unknown): Reply {
    const account = this.accounts.get(location) as Account;
    if (at(payload, 'contact') !== undefined) account.contact = listAt(payload, 'contact');
    return { location, body: { status: 'valid', contact: account.contact } };
  }

  private open(base: string, account: string, payload: unknown): Reply {
    const identifiers = listAt(payload, 'identifiers');
    if (identifiers.length === 0 || identifiers.some((identifier) => textAt(identifier, 'type') !== 'dns'))
      throw new Problem('unsupportedIdentifier', 'an order needs at least one identifier, all of type dns');
    const order = {
      account,
      names: identifiers.map((identifier) => textAt(identifier, 'value') ?? ''),
      expires: inDays(VALID_DAYS),
    };
    this.orders.push(order);
    return { ...this.orderReply(base, order), status: 201 };
  }

  private finalize(order: Order, csr: string): void {
    if (order.certificate !== undefined) throw new Problem('orderNotReady', 'the order is already finalized', 403);
    const lines = Buffer.from(csr, 'base64url')
      .toString('base64')
      .replaceAll(/.{64}(?=.)/g, '$&\n');
    try {
      order.certificate = this.authority.issue(
        `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`,
        order.names,
      );
    } catch (error) {
      throw new Problem('badCSR', error instanceof Error ? error.message : String(error));
    }
  }

  private orderReply(base: string, order: Order): Reply {
    const { names, expires, certificate } = order;
    const id = this.orders.indexOf(order);
    return {
      location: `${base}/order/${id}`,
      body: {
        status: certificate === undefined ? 'ready' : 'valid',
        expires,
        identifiers: names.map((value) => ({ type: 'dns', value })),
        authorizations: names.map((_, i) => `${base}/authorization/${id}/${i}`),
        finalize: `${base}/finalize/${id}`,
        ...(certificate !== undefined && { certificate: `${base}/certificate/${id}` }),
      },
    };
  }
}

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

function directory(base: string): Readonly<Record<string, unknown>> {
  return {
    newNonce: `${base}/new-nonce`,
    newAccount: `${base}/new-account`,
    newOrder: `${base}/new-order`,
    meta: { termsOfService: `${base}/terms` },
  };
}

/** A wildcard is authorized by its base domain. */
function authorization({ names, expires }: Order, path: string): unknown {
  const name = names[Number(path.split('/')[3])] ?? '';
  return {
    status: 'valid',
    expires,
    identifier: { type: 'dns', value: name.replace(/^\*\./, '') },
    ...(name.startsWith('*.') && { wildcard: true }),
    challenges: [],
  };
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
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

function send(res: ServerResponse, status: number, type: string, body: string): void {
  res.writeHead(status, { 'content-type': type }).end(body);
}
