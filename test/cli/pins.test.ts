import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../charts/fault.ts';
import type { Pin } from '../../charts/pins.ts';
import { comparePins } from '../../cli/compare-pins.ts';
import { EXIT, exitOf } from '../../cli/exit.ts';
import { imagesText, pins } from '../../cli/pins.ts';
import { addressOf, digestOf } from '../../cli/registry.ts';
import { FleetFolder, LAPTOP } from './fleet-folder.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const STALL_MS = 2000;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry on loopback that issues tokens to anonymous clients, and answers for each image as a test says. */
class Registry {
  readonly requests: string[] = [];
  private readonly server = createServer((request, response) => this.answer(request, response));
  private readonly manifests = new Map<string, Handler>();

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Serves an image, by repository and tag, as the handler says. */
  put(image: string, handler: Handler): void {
    const [repository, tag] = image.split(':');
    this.manifests.set(`/v2/${repository}/manifests/${tag}`, handler);
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', `http://${this.host}`);
    this.requests.push(`${request.method} ${pathname}`);
    if (pathname === '/token') {
      response.end(JSON.stringify({ token: `${searchParams.get('service')} ${searchParams.get('scope')}` }));
      return;
    }
    const scope = `repository:${pathname.split('/').slice(2, -2).join('/')}:pull`;
    const handler = this.manifests.get(pathname);
    if (request.headers.authorization !== `Bearer registry ${scope}`) {
      const challenge = `Bearer realm="http://${this.host}/token",service="registry",scope="${scope}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else if (handler) handler(request, response);
    else response.writeHead(404).end();
  }
}

const withDigest =
  (digest: string): Handler =>
  (request, response) => {
    const index = request.method === 'HEAD' && request.headers.accept?.includes('oci.image.index.v1+json');
    response.writeHead(index ? 200 : 406, { 'docker-content-digest': digest }).end();
  };
const withStatus =
  (status: number, headers: Readonly<Record<string, string>> = {}): Handler =>
  (_, response) =>
    response.writeHead(status, headers).end();

let fleet: FleetFolder;
let registry: Registry;
beforeEach(async () => {
  fleet = new FleetFolder();
  registry = new Registry();
  await registry.start();
});
afterEach(async () => {
  await registry.stop();
  fleet.remove();
});

const image = (name: string, more: Partial<Pin> = {}): Pin => ({
  datasource: 'docker',
  packageName: `${registry.host}/example/${name}`,
  version: '1.0.0',
  ...more,
});
const GATEWAY_API: Pin = { datasource: 'github-tags', packageName: 'example/gateway-api', version: 'v1.0.0' };

/** A cluster with these pins, which need not be those that it uses: no cluster is rendered. */
function pinned(cluster: string, entries: Readonly<Record<string, Pin>>): void {
  fleet.add(cluster, LAPTOP, { pins: entries });
}

const run = async (write = false): Promise<string> => imagesText(await pins(fleet, [], { write, timeoutMs: STALL_MS }));

describe('slipway pins', () => {
  it('prints the digests that registries send to an anonymous client with a token', async () => {
    registry.put('example/shop:1.0.0', withDigest(DIGEST));
    pinned('a', { 'gateway-api': GATEWAY_API, shop: image('shop') });
    expect(await run()).toBe(
      `a: 1 image: 1 known to their registries, 0 unknown; 1 without a digest\n  shop (${registry.host}/example/shop:1.0.0): ${DIGEST}`,
    );
    expect(registry.requests).toEqual([
      'HEAD /v2/example/shop/manifests/1.0.0',
      'GET /token',
      'HEAD /v2/example/shop/manifests/1.0.0',
    ]);
    expect(fleet.read('clusters/pins/a/shop.json')).not.toContain('digest');
  });

  it('asks once for an image of several clusters', async () => {
    registry.put('example/shop:1.0.0', withDigest(DIGEST));
    for (const cluster of ['a', 'b']) pinned(cluster, { shop: image('shop') });
    await run();
    expect(registry.requests).toHaveLength(3);
  });

  it('--write adds them after the version, keeps the rest of the file, and a second run changes nothing', async () => {
    registry.put('example/shop:1.0.0', withDigest(DIGEST));
    const shop = image('shop', { asset: 'shop.yaml' });
    pinned('a', { 'gateway-api': GATEWAY_API, shop });
    expect(await run(true)).toContain('clusters/pins/a/shop.json: wrote 1 digest');
    const after = fleet.read('clusters/pins/a/shop.json');
    const { asset, ...rest } = shop;
    expect(after).toBe(`${JSON.stringify({ shop: { ...rest, digest: DIGEST, asset } }, null, 2)}\n`);
    expect(await run(true)).toContain('a: unchanged');
    expect(fleet.read('clusters/pins/a/shop.json')).toBe(after);
  });

  it('names a digest that is not the one of the tag, and --write replaces it', async () => {
    registry.put('example/shop:1.0.0', withDigest(DIGEST));
    pinned('a', { shop: image('shop', { digest: OTHER }) });
    expect(await run()).toContain(
      `${DIGEST}, but clusters/pins/a/shop.json has ${OTHER}: the version was edited, or the tag was moved`,
    );
    await run(true);
    expect(fleet.read('clusters/pins/a/shop.json')).toContain(DIGEST);
  });

  it('ends as a difference if a digest is not the one of the tag, until it is written', async () => {
    registry.put('example/shop:1.0.0', withDigest(DIGEST));
    pinned('a', { shop: image('shop', { digest: OTHER }) });
    const json = { write: false, json: true };
    const { text, code } = await comparePins(fleet, [], json);
    expect(code).toBe(EXIT.difference);
    const of = `${registry.host}/example/shop:1.0.0`;
    const file = 'clusters/pins/a/shop.json';
    expect(JSON.parse(text)).toEqual({
      version: 1,
      releases: [{ ring: 'a', releases: 0, pins: [] }],
      images: [{ ring: 'a', pins: [{ pin: 'shop', of, file, pinned: OTHER, found: DIGEST }] }],
    });
    expect(JSON.parse((await comparePins(fleet, [], { ...json, write: true })).text)).toMatchObject({
      images: [{ wrote: { [file]: 1 } }],
    });
    expect((await comparePins(fleet, [], json)).code).toBe(EXIT.success);
  });

  it('prints what was found of releases before an image that no registry knows', async () => {
    registry.put('example/shop:1.0.0', withStatus(404));
    pinned('a', { shop: image('shop') });
    const { text, error } = await comparePins(fleet, [], { write: true });
    expect(text).toBe('a: 0 releases\na: unchanged');
    expect(error).toBeInstanceOf(Fault);
    expect(exitOf(error)).toBe(EXIT.fault);
  });

  it('an image without a digest is no difference', async () => {
    registry.put('example/shop:1.0.0', withDigest(DIGEST));
    pinned('a', { shop: image('shop') });
    expect((await comparePins(fleet, [], { write: false, json: true })).code).toBe(EXIT.success);
  });

  it.each<[string, Handler, string]>([
    ['404', withStatus(404), 'has no such image or tag (404)'],
    ['403', withStatus(403), 'shows it only to those who log in, or does not have it (403)'],
    ['429', withStatus(429, { 'retry-after': '60' }), 'is reached (429): try again in 60 s'],
    ['500', withStatus(500), 'answers 500'],
    ['no answer', () => {}, `did not answer within ${STALL_MS / 1000} s`],
    ['a closed connection', (request) => request.socket.destroy(), 'cannot be reached: '],
    ['no digest', withStatus(200), 'sends no digest'],
    ['a digest that is none', withDigest('sha256:abc'), 'sends a digest that is none: sha256:abc'],
  ])('says what is unknown, and why: %s', async (_, handler, why) => {
    registry.put('example/broken:1.0.0', handler);
    registry.put('example/shop:1.0.0', withDigest(DIGEST));
    pinned('a', { broken: image('broken'), shop: image('shop') });
    const text = await run();
    expect(text).toContain('a: 2 images: 1 known to their registries, 1 unknown; 2 without a digest');
    expect(text).toMatch(/\n {2}broken \([^)]*\): unknown: /);
    expect(text).toContain(why);
  });

  it('--write pins all images of a ring or none, and is an error for those that are unknown', async () => {
    registry.put('example/shop:1.0.0', withDigest(DIGEST));
    pinned('a', { missing: image('missing'), shop: image('shop') });
    pinned('b', { shop: image('shop') });
    const before = fleet.read('clusters/pins/a/shop.json');
    const error: unknown = await run(true).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).message).toMatch(
      /^the digest of pin "missing" is not known: 127[^\n]* \(404\)\n {2}at: {3}clusters\/pins\/a\/missing.json:2\n {2}seen: [^\n]*missing:1.0.0\n/,
    );
    expect(fleet.read('clusters/pins/a/shop.json')).toBe(before);
    expect(fleet.read('clusters/pins/b/shop.json')).toContain(DIGEST);
  });
});

describe('a registry', () => {
  it('that asks for a password has no answer for an anonymous client', async () => {
    const server = createServer((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const packageName = `127.0.0.1:${(server.address() as AddressInfo).port}/shop`;
    const answer = await digestOf({ packageName, version: '1' });
    await new Promise((done) => server.close(done));
    expect(answer).toEqual({ unknown: expect.stringContaining('only to those who log in') as string });
  });

  it('that does not listen cannot be reached', async () => {
    const { host } = registry;
    await registry.stop();
    expect(await digestOf({ packageName: `${host}/shop`, version: '1' })).toEqual({
      unknown: expect.stringMatching(/cannot be reached: connect ECONNREFUSED/) as string,
    });
    await registry.start();
  });

  it.each([
    ['mongo', 'registry-1.docker.io', 'library/mongo'],
    ['velero/velero', 'registry-1.docker.io', 'velero/velero'],
    ['docker.io/library/mongo', 'registry-1.docker.io', 'library/mongo'],
    ['docker.io/mongo', 'registry-1.docker.io', 'library/mongo'],
    ['quay.io/jetstack/cert-manager-webhook', 'quay.io', 'jetstack/cert-manager-webhook'],
    ['localhost:5000/shop', 'localhost:5000', 'shop'],
  ])('of %s is %s', (packageName, host, repository) => {
    expect(addressOf(packageName)).toEqual({ host, repository });
  });
});
