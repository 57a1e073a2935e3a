import { type JsonWebKey, randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Authority } from '../pki.ts';
import { Authorization, type Challenge, type ChallengeType, type Validation } from './acme/authorization.ts';
import { type Jws, openJws, Problem, thumbprint } from './acme/jws.ts';

interface Account {
  readonly key: JsonWebKey;
  contact: readonly unknown[];
}

interface Order {
  /** URL. */
  readonly account: string;
  readonly authorizations: readonly Authorization[];
  /** RFC 3339. */
  readonly expires: string;
  /** PEM, once the order is finalized. */
  certificate?: string;
}

interface Reply {
  readonly status?: number;
  readonly location?: string;
  /** URL of the resource that this one belongs to. */
  readonly up?: string;
  /** A string is PEM, anything else JSON. */
  readonly body: unknown;
}

/** What a server validated. */
export interface Validated {
  /** As ordered: a wildcard begins with `*.`. */
  readonly name: string;
  readonly type: ChallengeType;
}

const VALID_DAYS = 7;

/**
 * Stands in for Let's Encrypt: an ACME server (RFC 8555) that signs with the lab's CA. Verifies requests, signatures
 * and nonces, and the control of names only if it is told how to see them: otherwise authorizations are valid from the
 * start, like those of a recently validated name.
 *
 * Unlike Let's Encrypt it validates the names of every order again, sees them from one place, ignores CAA records, has
 * no rate limits, and offers no `tls-alpn-01`.
 */
export class AcmeStandIn {
  readonly handler: RequestListener = (req, res) => void this.respond(req, res);
  private readonly authority: Authority;
  private readonly validation?: Validation;
  private readonly retryDelaysMs: readonly number[];
  private readonly nonces = new Set<string>();
  /** By URL. */
  private readonly accounts = new Map<string, Account>();
  private readonly orders: Order[] = [];

  /**
   * @param validation without it, authorizations are valid from the start
   * @param retryDelaysMs delays before the second and further attempts to validate a challenge
   */
  constructor(authority: Authority, validation?: Validation, retryDelaysMs: readonly number[] = [500, 1500]) {
    this.authority = authority;
    this.validation = validation;
    this.retryDelaysMs = retryDelaysMs;
  }

  /** The challenges that were fulfilled, by order. */
  get validated(): readonly Validated[] {
    return this.orders
      .flatMap(({ authorizations }) => authorizations)
      .flatMap(({ name, fulfilled }) => fulfilled.map((type) => ({ name, type })));
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
        up,
        body,
      } = req.method === 'POST' ? this.post(base, req.url ?? '', await textOf(req)) : { body: directory(base) };
      if (location !== undefined) res.setHeader('location', location);
      if (up !== undefined) res.setHeader('link', `<${up}>;rel="up"`);
      if (typeof body === 'string') send(res, status, 'application/pem-certificate-chain', body);
      else send(res, status, 'application/json', JSON.stringify(body));
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('serverInternal', String(error), 500);
      send(res, problem.status, 'application/problem+json', JSON.stringify(problem));
    }
  }

  private post(base: string, path: string, text: string): Reply {
    const jws = openJws(text, (url) => this.accounts.get(url)?.key);
    const { header, payload } = jws;
    if (!this.nonces.delete(textAt(header, 'nonce') ?? ''))
      throw new Problem('badNonce', 'the nonce is unknown or was already used');
    if (textAt(header, 'url') !== base + path)
      throw new Problem('unauthorized', `signed for ${textAt(header, 'url')}, sent to ${base + path}`, 401);
    const [, what = '', id = '', part = '', type = ''] = path.split('/');
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
    const authorization = order?.authorizations[Number(part)];
    if (order?.account !== account || (part !== '' && authorization === undefined))
      throw new Problem('malformed', `the account has no resource ${path}`, 404);
    if (what === 'finalize') this.finalize(order, textAt(payload, 'csr') ?? '');
    if (what === 'certificate' && order.certificate !== undefined) return { body: order.certificate };
    const challengeUrl = (challenge: ChallengeType): string => `${base}/challenge/${id}/${part}/${challenge}`;
    if (what === 'authorization' && authorization) return { body: authorization.body(challengeUrl) };
    if (what === 'challenge' && authorization)
      return {
        up: `${base}/authorization/${id}/${part}`,
        body: { ...this.challenge(authorization, type, jws), url: base + path },
      };
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
    const expires = inDays(VALID_DAYS);
    const order = {
      account,
      authorizations: identifiers.map(
        (identifier) => new Authorization(textAt(identifier, 'value') ?? '', expires, this.validation === undefined),
      ),
      expires,
    };
    this.orders.push(order);
    return { ...this.orderReply(base, order), status: 201 };
  }

  /** A challenge, whose validation begins if the client says that it is ready (RFC 8555, section 7.5.1). */
  private challenge(authorization: Authorization, type: string, { payload, key }: Jws): Readonly<Challenge> {
    const challenge = authorization.challenge(type);
    if (challenge === undefined) throw new Problem('malformed', `the authorization has no challenge ${type}`, 404);
    if (payload !== undefined && this.validation !== undefined)
      void authorization.validate(challenge, thumbprint(key), this.validation, this.retryDelaysMs);
    return challenge;
  }

  private finalize(order: Order, csr: string): void {
    const status = statusOf(order);
    if (status !== 'ready') throw new Problem('orderNotReady', `the order is ${status}`, 403);
    const lines = Buffer.from(csr, 'base64url')
      .toString('base64')
      .replaceAll(/.{64}(?=.)/g, '$&\n');
    try {
      order.certificate = this.authority.issue(
        `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`,
        order.authorizations.map(({ name }) => name),
      );
    } catch (error) {
      throw new Problem('badCSR', error instanceof Error ? error.message : String(error));
    }
  }

  private orderReply(base: string, order: Order): Reply {
    const { authorizations, expires, certificate } = order;
    const id = this.orders.indexOf(order);
    return {
      location: `${base}/order/${id}`,
      body: {
        status: statusOf(order),
        expires,
        identifiers: authorizations.map(({ name }) => ({ type: 'dns', value: name })),
        authorizations: authorizations.map((_, i) => `${base}/authorization/${id}/${i}`),
        finalize: `${base}/finalize/${id}`,
        ...(certificate !== undefined && { certificate: `${base}/certificate/${id}` }),
      },
    };
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

/** The status of an order (RFC 8555, section 7.1.6). */
function statusOf({ authorizations, certificate }: Order): 'pending' | 'ready' | 'valid' | 'invalid' {
  if (certificate !== undefined) return 'valid';
  if (authorizations.some(({ status }) => status === 'invalid')) return 'invalid';
  return authorizations.every(({ status }) => status === 'valid') ? 'ready' : 'pending';
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
}

function send(res: ServerResponse, status: number, type: string, body: string): void {
  res.writeHead(status, { 'content-type': type }).end(body);
}
