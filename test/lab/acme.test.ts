import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listAt, textAt } from '../../charts/lib/manifest.ts';
import { Authority } from './pki.ts';
import type { Validation } from './stand-ins/acme/authorization.ts';
import { openJws, thumbprint } from './stand-ins/acme/jws.ts';
import { AcmeStandIn } from './stand-ins/acme.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwkOf = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed request; without payload a POST-as-GET. */
function signed(
  header: Readonly<Record<string, unknown>>,
  payload: unknown,
  key: KeyObject = ec.privateKey,
): { protected: string; payload: string; signature: string } {
  const head = base64url({ alg: key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256', ...header });
  const body = payload === undefined ? '' : base64url(payload);
  return {
    protected: head,
    payload: body,
    signature: sign('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  };
}

const open = (jws: unknown, account?: JsonWebKey) => openJws(JSON.stringify(jws), () => account);

describe('openJws', () => {
  it.each([
    ['ES256', ec],
    ['RS256', rsa],
  ])('opens a request signed with %s', (alg, { publicKey, privateKey }) => {
    const jwk = jwkOf(publicKey);
    expect(open(signed({ jwk }, { a: 1 }, privateKey))).toEqual({ header: { alg, jwk }, payload: { a: 1 }, key: jwk });
    expect(open(signed({ kid: 'account' }, undefined, privateKey), jwk)).toMatchObject({
      payload: undefined,
      key: jwk,
    });
  });

  const jwk = jwkOf(ec.publicKey);
  it.each([
    ['invalid JSON', 'text', 'not JSON'],
    ['another payload', { ...signed({ jwk }, { a: 1 }), payload: base64url({ a: 2 }) }, 'signature'],
    [
      'another key',
      signed({ jwk: jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey) }, {}),
      'signature',
    ],
    ['no key', signed({}, {}), 'names either'],
    ['two keys', signed({ jwk, kid: 'account' }, {}), 'names either'],
    ['an unknown account', signed({ kid: 'account' }, {}), 'no account account'],
    ['an algorithm of another key type', signed({ jwk, alg: 'RS256' }, {}), 'RS256 with a key of type EC'],
    ['no algorithm', signed({ jwk, alg: 'none' }, {}), 'none with'],
    ['an unreadable key', signed({ jwk: { kty: 'EC' } }, {}), 'cannot be read'],
  ])('refuses a request with %s', (_, jws, message) => {
    expect(() => (typeof jws === 'string' ? openJws(jws, () => undefined) : open(jws))).toThrow(message);
  });
});

describe('thumbprint', () => {
  // The example of RFC 7638, section 3.1.
  const modulus =
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM' +
    'stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5' +
    'hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';

  it.each([
    [
      'RSA',
      { kty: 'RSA', n: modulus, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' },
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    ],
    [
      'EC',
      { y: 'y', x: 'x', kty: 'EC', crv: 'P-256', use: 'sig' },
      createHash('sha256').update('{"crv":"P-256","kty":"EC","x":"x","y":"y"}').digest('base64url'),
    ],
  ])('of a key of type %s ignores optional members and the order of members', (_, key, expected) => {
    expect(thumbprint(key)).toBe(expected);
  });
});

describe('AcmeStandIn', () => {
  let folder: string;
  let authority: Authority;
  let standIn: AcmeStandIn;
  let server: Server;
  let port: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-acme-'));
    authority = new Authority(folder);
    standIn = new AcmeStandIn(authority);
    server = createServer((req, res) => standIn.handler(req, res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const fetchFrom = (url: string, init?: RequestInit): Promise<Response> => fetch(url.replace('https:', 'http:'), init);

  /** One request with a fresh nonce. */
  async function post(
    url: string,
    payload: unknown,
    account?: string,
    header: Readonly<Record<string, unknown>> = {},
    key = ec,
  ): Promise<{ status: number; location: string; link: string | null; body: unknown }> {
    const nonce = (await fetchFrom(`https://127.0.0.1:${port}/new-nonce`, { method: 'HEAD' })).headers.get(
      'replay-nonce',
    );
    const jws = signed(
      { nonce, url, ...(account ? { kid: account } : { jwk: jwkOf(key.publicKey) }), ...header },
      payload,
      key.privateKey,
    );
    const response = await fetchFrom(url, { method: 'POST', body: JSON.stringify(jws) });
    const text = await response.text();
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      link: response.headers.get('link'),
      body: text.startsWith('{') ? JSON.parse(text) : text,
    };
  }

  async function registered(): Promise<{ urls: unknown; account: string }> {
    const urls: unknown = await (await fetchFrom(`https://127.0.0.1:${port}/directory`)).json();
    const { status, location } = await post(textAt(urls, 'newAccount')!, {
      contact: ['mailto:ops@example.com'],
      termsOfServiceAgreed: true,
    });
    expect(status).toBe(201);
    return { urls, account: location };
  }

  /** A CSR of a new key, as requests carry it. */
  function newCsr(): string {
    return execFileSync(
      'openssl',
      [
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/CN=any',
        '-keyout',
        join(folder, 'own.key'),
        '-outform',
        'DER',
      ],
      { stdio: 'pipe' },
    ).toString('base64url');
  }

  it('issues a certificate for the names of the order, whatever the CSR names', async () => {
    const { urls, account } = await registered();
    const order = await post(
      textAt(urls, 'newOrder')!,
      { identifiers: [{ type: 'dns', value: '*.example.com' }] },
      account,
    );
    expect(order).toMatchObject({ status: 201, body: { status: 'ready' } });
    const authorized = await post(String(listAt(order.body, 'authorizations')[0]), undefined, account);
    expect(authorized.body).toMatchObject({ status: 'valid', wildcard: true, identifier: { value: 'example.com' } });

    const finalized = await post(textAt(order.body, 'finalize')!, { csr: newCsr() }, account);
    expect(finalized.body).toMatchObject({ status: 'valid' });
    const chain = await post(textAt(finalized.body, 'certificate')!, undefined, account);
    const certificate = new X509Certificate(String(chain.body));
    expect(certificate.subjectAltName).toBe('DNS:*.example.com');
    expect(certificate.verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
    expect(String(chain.body).endsWith(authority.cert)).toBe(true);
    expect(await post(textAt(order.body, 'finalize')!, { csr: '' }, account)).toMatchObject({
      status: 403,
      body: { type: 'urn:ietf:params:acme:error:orderNotReady' },
    });
  });

  it('finds an existing account by its key', async () => {
    const { urls, account } = await registered();
    const again = await post(textAt(urls, 'newAccount')!, { onlyReturnExisting: true });
    expect(again).toMatchObject({ status: 200, location: account, body: { contact: ['mailto:ops@example.com'] } });
  });

  it.each([
    ['an unknown nonce', {}, { nonce: 'mine' }, 'badNonce'],
    ['a request signed for another URL', {}, { url: 'https://example.com' }, 'unauthorized'],
    [
      'an identifier that is not a DNS name',
      { identifiers: [{ type: 'ip', value: '192.0.2.1' }] },
      {},
      'unsupportedIdentifier',
    ],
  ])('POST /new-order refuses %s', async (_, payload, header, type) => {
    const { urls, account } = await registered();
    expect((await post(textAt(urls, 'newOrder')!, payload, account, header)).body).toMatchObject({
      type: `urn:ietf:params:acme:error:${type}`,
    });
  });

  it('POST /finalize refuses an invalid CSR', async () => {
    const { urls, account } = await registered();
    const order = await post(
      textAt(urls, 'newOrder')!,
      { identifiers: [{ type: 'dns', value: 'example.com' }] },
      account,
    );
    expect((await post(textAt(order.body, 'finalize')!, { csr: 'AAAA' }, account)).body).toMatchObject({
      type: 'urn:ietf:params:acme:error:badCSR',
    });
  });

  describe('that validates', () => {
    /** What is seen from outside: bodies by URL, and contents of TXT records by name. */
    const pages = new Map<string, string>();
    const records = new Map<string, readonly string[]>();
    /** What was asked for, in that order. */
    const asked: string[] = [];
    const validation: Validation = {
      http(name, path) {
        const url = `http://${name}${path}`;
        asked.push(url);
        const body = pages.get(url);
        return body === undefined ? Promise.reject(new Error('connection refused')) : Promise.resolve(body);
      },
      txt(name) {
        asked.push(name);
        return name.endsWith('.example.net')
          ? Promise.reject(new Error('SERVFAIL'))
          : Promise.resolve(records.get(name) ?? []);
      },
    };

    beforeEach(() => {
      pages.clear();
      records.clear();
      asked.length = 0;
      standIn = new AcmeStandIn(authority, validation, []);
    });

    interface Ordered {
      readonly account: string;
      readonly order: string;
      readonly finalize: string;
      readonly authorizations: readonly string[];
    }

    async function ordered(...names: string[]): Promise<Ordered> {
      const { urls, account } = await registered();
      const identifiers = names.map((value) => ({ type: 'dns', value }));
      const { location, body } = await post(textAt(urls, 'newOrder')!, { identifiers }, account);
      expect(body).toMatchObject({ status: 'pending' });
      return {
        account,
        order: location,
        finalize: textAt(body, 'finalize')!,
        authorizations: listAt(body, 'authorizations').map(String),
      };
    }

    async function challengeOf(
      { account, authorizations }: Ordered,
      type: string,
      index = 0,
    ): Promise<{ url: string; token: string; keyAuthorization: string }> {
      const { body } = await post(authorizations[index]!, undefined, account);
      expect(body).toMatchObject({ status: 'pending' });
      const challenge = listAt(body, 'challenges').find((one) => textAt(one, 'type') === type);
      expect(challenge).toMatchObject({ status: 'pending' });
      const token = textAt(challenge, 'token')!;
      return {
        url: textAt(challenge, 'url')!,
        token,
        keyAuthorization: `${token}.${thumbprint(jwkOf(ec.publicKey))}`,
      };
    }

    /** Answers a challenge and waits until its authorization is decided. */
    async function answered({ account, authorizations }: Ordered, url: string, index = 0): Promise<unknown> {
      const { status, link, body } = await post(url, {}, account);
      expect({ status, link, body }).toMatchObject({
        status: 200,
        link: `<${authorizations[index]}>;rel="up"`,
        body: { status: 'processing', url },
      });
      await vi.waitUntil(async () => textAt((await post(url, undefined, account)).body, 'status') !== 'processing');
      return (await post(authorizations[index]!, undefined, account)).body;
    }

    const statusOf = async ({ account, order }: Ordered): Promise<string | undefined> =>
      textAt((await post(order, undefined, account)).body, 'status');
    const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

    it('issues a certificate once http-01 is fulfilled, and ignores white space at the end of the body', async () => {
      const order = await ordered('a.example.com');
      const { url, token, keyAuthorization } = await challengeOf(order, 'http-01');
      const page = `http://a.example.com/.well-known/acme-challenge/${token}`;
      pages.set(page, `${keyAuthorization}\r\n`);
      const authorization = await answered(order, url);
      expect(authorization).toMatchObject({ status: 'valid' });
      expect(listAt(authorization, 'challenges')).toContainEqual(
        expect.objectContaining({ type: 'http-01', status: 'valid', validated: expect.any(String) as string }),
      );
      expect(asked).toEqual([page]);
      expect(await statusOf(order)).toBe('ready');
      expect((await post(order.finalize, { csr: newCsr() }, order.account)).body).toMatchObject({ status: 'valid' });
      expect(standIn.validated).toEqual([{ name: 'a.example.com', type: 'http-01' }]);
    });

    it('authorizes a wildcard by dns-01 alone, at its base domain and among other records', async () => {
      const order = await ordered('*.example.com');
      const { body } = await post(order.authorizations[0]!, undefined, order.account);
      expect(body).toMatchObject({
        identifier: { value: 'example.com' },
        wildcard: true,
        challenges: [{ type: 'dns-01' }],
      });
      const { url, keyAuthorization } = await challengeOf(order, 'dns-01');
      records.set('_acme-challenge.example.com', ['of another order', digest(keyAuthorization)]);
      expect(await answered(order, url)).toMatchObject({ status: 'valid' });
      expect(asked).toEqual(['_acme-challenge.example.com']);
      expect(standIn.validated).toEqual([{ name: '*.example.com', type: 'dns-01' }]);
      expect(await post(url.replace('dns-01', 'http-01'), {}, order.account)).toMatchObject({
        status: 404,
        body: { type: 'urn:ietf:params:acme:error:malformed' },
      });
    });

    it.each([
      ['http-01', 'nothing answers', 'a.example.com', 'connection', 'connection refused'],
      ['http-01', 'the page has other content', 'b.example.com', 'unauthorized', 'saw "404 page not found"'],
      ['dns-01', 'the query fails', 'a.example.net', 'dns', 'SERVFAIL'],
      ['dns-01', 'there is no record', 'a.example.com', 'unauthorized', 'saw no record'],
      ['dns-01', 'the record has other content', 'b.example.com', 'unauthorized', 'saw "another"'],
    ])('refuses a name by %s if %s', async (type, _, name, error, detail) => {
      const order = await ordered(name);
      const { url, token } = await challengeOf(order, type);
      pages.set(`http://b.example.com/.well-known/acme-challenge/${token}`, '404 page not found');
      records.set('_acme-challenge.b.example.com', ['another']);
      const authorization = await answered(order, url);
      expect(authorization).toMatchObject({ status: 'invalid' });
      expect(listAt(authorization, 'challenges')).toContainEqual(
        expect.objectContaining({
          type,
          status: 'invalid',
          error: expect.objectContaining({
            type: `urn:ietf:params:acme:error:${error}`,
            detail: expect.stringContaining(detail) as string,
          }) as unknown,
        }),
      );
      expect(await statusOf(order)).toBe('invalid');
      expect(await post(order.finalize, { csr: newCsr() }, order.account)).toMatchObject({
        status: 403,
        body: { type: 'urn:ietf:params:acme:error:orderNotReady', detail: 'the order is invalid' },
      });
      expect(standIn.validated).toEqual([]);
    });

    it('refuses a key authorization with the thumbprint of another key', async () => {
      const order = await ordered('a.example.com');
      const { url, token } = await challengeOf(order, 'dns-01');
      records.set('_acme-challenge.a.example.com', [digest(`${token}.${thumbprint(jwkOf(rsa.publicKey))}`)]);
      expect(await answered(order, url)).toMatchObject({ status: 'invalid' });
    });

    it('has an order pending until all of its names are validated', async () => {
      const order = await ordered('example.com', '*.example.com');
      const [first, second] = [await challengeOf(order, 'dns-01', 0), await challengeOf(order, 'dns-01', 1)];
      records.set('_acme-challenge.example.com', [digest(first.keyAuthorization), digest(second.keyAuthorization)]);
      expect(await answered(order, first.url, 0)).toMatchObject({ status: 'valid' });
      expect(await statusOf(order)).toBe('pending');
      expect(await post(order.finalize, { csr: newCsr() }, order.account)).toMatchObject({
        status: 403,
        body: { type: 'urn:ietf:params:acme:error:orderNotReady', detail: 'the order is pending' },
      });
      expect(await answered(order, second.url, 1)).toMatchObject({ status: 'valid' });
      expect(await statusOf(order)).toBe('ready');
    });

    it('validates again after a delay, and once for an answer that is repeated', async () => {
      standIn = new AcmeStandIn(authority, validation, [0, 60_000]);
      const order = await ordered('a.example.com');
      const { url, token, keyAuthorization } = await challengeOf(order, 'http-01');
      const page = `http://a.example.com/.well-known/acme-challenge/${token}`;
      const http = vi.spyOn(validation, 'http');
      http.mockImplementationOnce(() => {
        pages.set(page, keyAuthorization);
        return Promise.reject(new Error('not yet'));
      });
      expect(await answered(order, url)).toMatchObject({ status: 'valid' });
      expect((await post(url, {}, order.account)).body).toMatchObject({ status: 'valid' });
      expect(http).toHaveBeenCalledTimes(2);
      http.mockRestore();
    });

    it('refuses to validate a challenge for another account', async () => {
      const order = await ordered('a.example.com');
      const { url } = await challengeOf(order, 'http-01');
      const newAccount = `https://127.0.0.1:${port}/new-account`;
      const { location: other } = await post(newAccount, {}, undefined, {}, rsa);
      expect(other).not.toBe(order.account);
      expect(await post(url, {}, other, {}, rsa)).toMatchObject({
        status: 404,
        body: { type: 'urn:ietf:params:acme:error:malformed' },
      });
      // Signed with a key that is not the account's.
      expect((await post(url, {}, order.account, {}, rsa)).status).toBe(400);
      expect(asked).toEqual([]);
      expect(await statusOf(order)).toBe('pending');
    });
  });
});
