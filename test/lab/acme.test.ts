import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAt, textAt } from '../../charts/lib/manifest.ts';
import { Authority } from './pki.ts';
import { AcmeStandIn, openJws } from './stand-ins/acme.ts';

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

describe('AcmeStandIn', () => {
  let folder: string;
  let authority: Authority;
  let server: Server;
  let port: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-acme-'));
    authority = new Authority(folder);
    server = createServer(new AcmeStandIn(authority).handler);
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
  ): Promise<{ status: number; location: string; body: unknown }> {
    const nonce = (await fetchFrom(`https://127.0.0.1:${port}/new-nonce`, { method: 'HEAD' })).headers.get(
      'replay-nonce',
    );
    const jws = signed(
      { nonce, url, ...(account ? { kid: account } : { jwk: jwkOf(ec.publicKey) }), ...header },
      payload,
    );
    const response = await fetchFrom(url, { method: 'POST', body: JSON.stringify(jws) });
    const text = await response.text();
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
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

    const csr = execFileSync(
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
    );
    const finalized = await post(textAt(order.body, 'finalize')!, { csr: csr.toString('base64url') }, account);
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
});
