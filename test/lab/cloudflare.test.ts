import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dnsZone } from '../../charts/cloud/generic/dns.ts';
import { ExternalDns } from '../../charts/components/external-dns/external-dns.ts';
import { externalDnsSettings } from '../../charts/components/external-dns/settings.ts';
import { at, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { newestUpstream } from '../lib/upstream.ts';
import { cacheFolder } from './build.ts';
import { keyOf } from './build/parts.ts';
import { Network } from './network.ts';
import { Authority } from './pki.ts';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';
import { CloudflareStandIn, type DnsRecord, zoneId } from './stand-ins/cloudflare.ts';
import { zoneFile } from './stand-ins/zone-file.ts';

const TOKEN = 'a-token';
const ID = zoneId('example.com');
const RECORDS = `/zones/${ID}/dns_records`;
const A = { type: 'A', name: 'a.example.com', content: '192.0.2.1', ttl: 1 };

describe('CloudflareStandIn', () => {
  /** The records that each call of `changed` was given. */
  let changes: (readonly DnsRecord[])[];
  let standIn: CloudflareStandIn;
  let server: Server;

  beforeEach(async () => {
    changes = [];
    standIn = new CloudflareStandIn({
      zones: ['example.com', 'other.example'],
      token: TOKEN,
      changed: (records) => changes.push(records),
    });
    server = await listening(standIn.handler);
  });

  afterEach(() => server.close());

  async function call(
    method: string,
    path: string,
    body?: unknown,
    authorization = `Bearer ${TOKEN}`,
  ): Promise<{ status: number; body: unknown }> {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/client/v4${path}`, {
      method,
      headers: { authorization },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async function created(record: unknown): Promise<string> {
    const { status, body } = await call('POST', RECORDS, record);
    expect(status).toBe(200);
    return textAt(body, 'result', 'id')!;
  }

  const refused = (status: number, code: number, message: unknown = expect.any(String)): unknown => ({
    status,
    body: { success: false, errors: [{ code, message }], messages: [], result: null },
  });
  const contents = (): string[] => standIn.records().map(({ content }) => content);

  it.each(['', 'Bearer', 'Bearer other', `Basic ${TOKEN}`])('refuses authorization "%s"', async (authorization) => {
    expect(await call('POST', RECORDS, A, authorization)).toEqual(refused(403, 9109, 'Invalid access token'));
    expect(standIn.records()).toEqual([]);
  });

  describe('GET /zones', () => {
    it('lists the zones, and nothing on the page after the last', async () => {
      const { body } = await call('GET', '/zones');
      expect(body).toMatchObject({
        success: true,
        result: [{ id: ID, name: 'example.com' }, { name: 'other.example' }],
      });
      expect((await call('GET', '/zones?page=2')).body).toMatchObject({ success: true, result: [] });
    });

    it('finds a zone by its name, not by one of a host', async () => {
      expect((await call('GET', '/zones?name=example.com')).body).toMatchObject({ result: [{ id: ID }] });
      expect((await call('GET', '/zones?name=a.example.com')).body).toMatchObject({ success: true, result: [] });
    });

    it('has each zone by its id', async () => {
      expect((await call('GET', `/zones/${ID}`)).body).toMatchObject({ result: { id: ID, name: 'example.com' } });
      expect(await call('GET', '/zones/other')).toEqual(refused(404, 7003));
    });
  });

  describe('GET /zones/ID/dns_records', () => {
    it('lists the records of the zone page by page, in order of creation', async () => {
      for (const last of [1, 2, 3]) await created({ ...A, content: `192.0.2.${last}` });
      const { body: first } = await call('GET', `${RECORDS}?per_page=2`);
      expect(listAt(first, 'result').map((one) => textAt(one, 'content'))).toEqual(['192.0.2.1', '192.0.2.2']);
      expect(at(first, 'result_info')).toEqual({ page: 1, per_page: 2, count: 2, total_count: 3, total_pages: 2 });
      const { body: second } = await call('GET', `${RECORDS}?page=2&per_page=2`);
      expect(listAt(second, 'result').map((one) => textAt(one, 'content'))).toEqual(['192.0.2.3']);
      expect((await call('GET', `${RECORDS}?page=3&per_page=2`)).body).toMatchObject({ success: true, result: [] });
      expect((await call('GET', `/zones/${zoneId('other.example')}/dns_records`)).body).toMatchObject({ result: [] });
    });

    it('has a filter for the type and the name', async () => {
      const name = '_acme-challenge.example.com';
      await created(A);
      await created({ type: 'TXT', name: A.name, content: 'x' });
      await created({ type: 'TXT', name, content: 'y', ttl: 120 });
      const { body } = await call('GET', `${RECORDS}?per_page=100&type=TXT&name=${name}`);
      expect(at(body, 'result')).toMatchObject([{ type: 'TXT', name, content: 'y', ttl: 120 }]);
    });
  });

  it('creates, replaces and deletes a record, and reports each change', async () => {
    const id = await created({ ...A, name: 'A.Example.com', comment: 'of a team' });
    expect(changes.at(-1)).toEqual([expect.objectContaining({ ...A, id })]);
    const { body } = await call('PUT', `${RECORDS}/${id}`, { ...A, content: '192.0.2.2', ttl: 60 });
    expect(body).toMatchObject({ success: true, result: { id, content: '192.0.2.2', proxied: false } });
    expect(changes.at(-1)).toEqual([expect.objectContaining({ id, content: '192.0.2.2', ttl: 60 })]);
    expect(await call('DELETE', `${RECORDS}/${id}`)).toEqual({
      status: 200,
      body: { success: true, errors: [], messages: [], result: { id } },
    });
    expect(changes).toHaveLength(3);
    expect(changes.at(-1)).toEqual([]);
  });

  it.each([
    ['of a name outside of the zone', { ...A, name: 'a.other.example' }, 9000],
    ['of a name that only ends like the zone', { ...A, name: 'badexample.com' }, 9000],
    ['of an empty label', { ...A, name: 'a..example.com' }, 9000],
    ['of type A with a host name', { ...A, content: 'b.example.com' }, 9005],
    ['of type AAAA with an IPv4 address', { ...A, type: 'AAAA' }, 9006],
    ['of type CNAME with several words', { ...A, type: 'CNAME', content: 'b example' }, 9007],
    ['with a TTL of 59 seconds', { ...A, ttl: 59 }, 9021],
    ['with a TTL of more than a day', { ...A, ttl: 86_401 }, 9021],
    ['that Cloudflare would proxy', { ...A, proxied: true }, 9004],
    ['of a type that the lab does not need', { ...A, type: 'MX' }, 1004],
    ['that is not JSON', 'text', 9207],
  ])('refuses a record %s', async (_, record, code) => {
    expect(await call('POST', RECORDS, record)).toEqual(refused(400, code));
    expect(changes).toEqual([]);
  });

  it('refuses a record that is there already, or excludes one that is', async () => {
    const id = await created(A);
    await created({ ...A, content: '192.0.2.2' });
    await created({ type: 'CNAME', name: 'b.example.com', content: A.name });
    const cname = { type: 'CNAME', name: A.name, content: 'b.example.com' };
    expect(await call('POST', RECORDS, A)).toEqual(refused(400, 81_058, 'An identical record already exists.'));
    expect(await call('PUT', `${RECORDS}/${id}`, { ...A, content: '192.0.2.2' })).toEqual(refused(400, 81_058));
    expect(await call('POST', RECORDS, cname)).toEqual(refused(400, 81_053));
    expect(await call('POST', RECORDS, { ...cname, name: 'b.example.com' })).toEqual(refused(400, 81_053));
    expect(await call('POST', RECORDS, { ...A, name: 'b.example.com' })).toEqual(refused(400, 81_054));
    expect((await call('PUT', `${RECORDS}/${id}`, { ...A, ttl: 60 })).status).toBe(200);
  });

  it.each([
    ['PUT', `${RECORDS}/other`, 81_044],
    ['DELETE', `${RECORDS}/other`, 81_044],
    ['POST', '/zones/other/dns_records', 7003],
    ['GET', `/zones/${ID}/custom_hostnames`, 7000],
    ['PATCH', `${RECORDS}/other`, 7000],
    ['GET', '/accounts', 7000],
  ])('%s %s is answered by 404', async (method, path, code) => {
    expect(await call(method, path, method === 'GET' ? undefined : A)).toEqual(refused(404, code));
  });

  describe('POST /zones/ID/dns_records/batch', () => {
    it('deletes, replaces and creates, in that order', async () => {
      const [first, second] = [await created(A), await created({ ...A, content: '192.0.2.2' })];
      const { body } = await call('POST', `${RECORDS}/batch`, {
        posts: [A, { ...A, content: '192.0.2.2' }],
        puts: [{ ...A, id: second, content: '192.0.2.3' }],
        deletes: [{ id: first }],
      });
      expect(body).toMatchObject({
        success: true,
        result: { deletes: [{ id: first }], patches: [], puts: [{ id: second }], posts: [A, { content: '192.0.2.2' }] },
      });
      expect(contents().sort()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
      expect(changes).toHaveLength(3);
    });

    it.each([
      ['a record that is there already', { posts: [A] }, 400, 81_058],
      ['an unknown id', { deletes: [{ id: 'other' }] }, 404, 81_044],
      ['a patch', { patches: [{ id: 'other', ttl: 60 }] }, 400, 9207],
    ])('changes nothing because of %s', async (_, batch, status, code) => {
      const id = await created({ ...A, name: 'b.example.com' });
      await created(A);
      const valid = { posts: [{ ...A, content: '192.0.2.9' }], deletes: [{ id }] };
      const both = Object.fromEntries(
        ['deletes', 'posts', 'patches'].map((key) => [key, [...listAt(valid, key), ...listAt(batch, key)]]),
      );
      expect(await call('POST', `${RECORDS}/batch`, both)).toEqual(refused(status, code));
      expect(standIn.records().map(({ name }) => name)).toEqual(['b.example.com', 'a.example.com']);
      expect(changes).toHaveLength(2);
    });
  });
});

describe('zoneFile', () => {
  const NS = { name: 'ns.example.com', address: '192.0.2.53' };
  const record = (type: string, content: string, name = 'a.example.com', ttl = 1): DnsRecord => ({
    id: '1',
    type,
    name,
    content,
    ttl,
  });
  /** The lines of records, without those of the zone itself. */
  const lines = (...records: DnsRecord[]): string[] =>
    zoneFile('example.com', records, NS, 7).trimEnd().split('\n').slice(3);

  it('begins with the SOA, the name server and its address', () => {
    expect(zoneFile('example.com', [], NS, 7)).toBe(
      'example.com. 60 IN SOA ns.example.com. hostmaster.example.com. 7 3600 600 604800 60\n' +
        'example.com. 60 IN NS ns.example.com.\n' +
        'ns.example.com. 60 IN A 192.0.2.53\n',
    );
    expect(zoneFile('example.com', [], { ...NS, address: '2001:db8::1' }, 7)).toContain(' AAAA 2001:db8::1\n');
  });

  it('leaves out what is outside of the zone', () => {
    const outside = [record('A', '192.0.2.1', 'a.other.example'), record('A', '192.0.2.1', 'badexample.com')];
    const file = zoneFile('example.com', outside, { ...NS, name: 'ns.other.example' }, 7);
    expect(file.trimEnd().split('\n')).toEqual([
      expect.stringContaining('SOA ns.other.example.'),
      'example.com. 60 IN NS ns.other.example.',
    ]);
  });

  it.each([
    [record('A', '192.0.2.1', 'example.com'), 'example.com. 300 IN A 192.0.2.1'],
    [record('AAAA', '2001:db8::1', '*.example.com', 120), '*.example.com. 120 IN AAAA 2001:db8::1'],
    [record('CNAME', 'b.example.net'), 'a.example.com. 300 IN CNAME b.example.net.'],
    [record('CNAME', 'b.example.net.'), 'a.example.com. 300 IN CNAME b.example.net.'],
  ])('renders %o', (one, line) => {
    expect(lines(one)).toEqual([line]);
  });

  const long = 'x'.repeat(256);
  it.each([
    ['plain', '"plain"'],
    ['two words', '"two words"'],
    ['"quoted"', '"quoted"'],
    ['"one" "two"', '"one" "two"'],
    ['""', '""'],
    ['a "word" in quotes', String.raw`"a \"word\" in quotes"`],
    ['"not closed', String.raw`"\"not closed"`],
    [String.raw`back\slash`, String.raw`"back\\slash"`],
    [String.raw`"a \"word\" and \065"`, String.raw`"a \"word\" and A"`],
    ['line\nbreak; é', String.raw`"line\010break; \195\169"`],
    [long, `"${long.slice(1)}" "x"`],
    [`"${long}" "b"`, `"${long.slice(1)}" "x" "b"`],
  ])('renders the TXT content %j', (content, data) => {
    expect(lines(record('TXT', content))).toEqual([`a.example.com. 300 IN TXT ${data}`]);
  });
});

const { LAB_BIN } = process.env;
const program = join(LAB_BIN || join(cacheFolder(), `external-dns-${keyOf('external-dns')}`), 'external-dns');
const missing = existsSync(program) ? '' : 'what `npm run lab` builds';

describe.skipIf(missing)(`external-dns with what Slipway renders${missing && ` (needs ${missing})`}`, () => {
  let folder: string;
  let network: Network;
  let api: Server;
  let standIn: CloudflareStandIn;
  /** Hosts of the HTTPRoutes. */
  let hosts: readonly string[];
  let address: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-cloudflare-'));
    hosts = ['a.example.com', '*.example.com', 'example.com', 'a.other.example'];
    address = '192.0.2.1';
    standIn = new CloudflareStandIn({ zones: ['example.com', 'other.example'], token: TOKEN });
    const authority = new Authority(folder);
    const [first, second] = await freePorts(2);
    network = new Network(authority, [first!, second!]);
    network.serve('api.cloudflare.com', standIn.handler);
    await network.listen();
    api = await listening(lists(() => objects(hosts, address)));
    const { port } = api.address() as AddressInfo;
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig(port));
  });

  afterEach(async () => {
    api.closeAllConnections();
    api.close();
    await network.close();
    rmSync(folder, { recursive: true });
  });

  /**
   * Synchronizes once.
   *
   * @returns what it logged
   */
  async function sync(policy: 'sync' | 'upsert-only'): Promise<string> {
    const args = [...argsOf(policy), `--kubeconfig=${join(folder, 'kubeconfig')}`, '--once'];
    const { stderr } = await promisify(execFile)(program, args, {
      timeout: 20_000,
      env: {
        HTTPS_PROXY: network.url,
        SSL_CERT_FILE: join(folder, 'ca.crt'),
        CF_API_TOKEN: TOKEN,
      },
    });
    return stderr;
  }

  it('creates, changes and deletes the records of routes and of their ownership', async () => {
    const owned = (name: string, route: number): string =>
      `TXT ${name} "heritage=external-dns,external-dns/owner=staging,external-dns/resource=httproute/app/route-${route}"`;
    const seen = (): string[] => standIn.records().map(({ type, name, content }) => `${type} ${name} ${content}`);

    await sync('upsert-only');
    const created = [
      'A a.example.com 192.0.2.1',
      'A *.example.com 192.0.2.1',
      'A example.com 192.0.2.1',
      owned('a._external-dns.a.example.com', 0),
      owned('a._external-dns.*.example.com', 1),
      owned('a._external-dns.example.com', 2),
    ];
    expect(seen().sort()).toEqual(created.toSorted());
    expect(await sync('upsert-only')).toContain('All records are already up to date');

    address = '192.0.2.2';
    hosts = ['a.example.com'];
    await sync('upsert-only');
    const changed = created.map((record) => record.replace('A a.example.com 192.0.2.1', 'A a.example.com 192.0.2.2'));
    expect(seen().sort()).toEqual(changed.toSorted());

    await sync('sync');
    expect(seen().sort()).toEqual(['A a.example.com 192.0.2.2', owned('a._external-dns.a.example.com', 0)]);
  });

  it('exits with the message of Cloudflare if the token is refused', async () => {
    network.serve('api.cloudflare.com', new CloudflareStandIn({ zones: ['example.com'], token: 'other' }).handler);
    await expect(sync('upsert-only')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Invalid access token') as string,
    });
  });
});

/** The arguments that Slipway renders for a zone at Cloudflare. */
function argsOf(policy: 'sync' | 'upsert-only'): string[] {
  const component = new ExternalDns({
    ...externalDnsSettings.parse({ policy }),
    image: 'external-dns:1',
    upstream: newestUpstream('external-dns'),
    cluster: 'staging',
    gateway: 'gateway',
    zone: dnsZone({ provider: 'cloudflare', follow_cname: false }, { name: 'staging', domain: 'example.com' }),
    identity: { openings: [] },
  });
  component.dns = [];
  const deployment = manifestsOf(component).manifests.find(({ kind }) => kind === 'Deployment');
  return listAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'args').map((arg) =>
    // Its port may be taken on this machine.
    String(arg).replace(/^--metrics-address=.*/, '--metrics-address=127.0.0.1:0'),
  );
}

/** The objects that external-dns reads, by the path of their list: a route of each host, at a Gateway with an address. */
function objects(hosts: readonly string[], address: string): Readonly<Record<string, readonly Manifest[]>> {
  const gateway = { name: 'gateway', namespace: 'gateway' };
  const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: '', observedGeneration: 0 };
  const group = 'gateway.networking.k8s.io';
  return {
    '/api/v1/namespaces': ['app', 'gateway'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    })),
    [`/apis/${group}/v1/namespaces/gateway/gateways`]: [
      {
        apiVersion: `${group}/v1`,
        kind: 'Gateway',
        metadata: gateway,
        spec: {
          gatewayClassName: 'any',
          listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
        },
        status: { addresses: [{ type: 'IPAddress', value: address }] },
      },
    ],
    [`/apis/${group}/v1/httproutes`]: hosts.map((host, i) => ({
      apiVersion: `${group}/v1`,
      kind: 'HTTPRoute',
      metadata: { name: `route-${i}`, namespace: 'app' },
      spec: { parentRefs: [gateway], hostnames: [host] },
      status: { parents: [{ parentRef: gateway, controllerName: 'any', conditions: [accepted] }] },
    })),
  };
}

/** Replaces an API server whose objects do not change while they are watched. */
function lists(current: () => Readonly<Record<string, readonly Manifest[]>>): RequestListener {
  return (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://127.0.0.1');
    const items = current()[pathname];
    if (items === undefined) {
      res.writeHead(404).end();
      return;
    }
    res.setHeader('content-type', 'application/json');
    if (!searchParams.has('watch')) {
      res.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '1' }, items }));
      return;
    }
    const end = { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } };
    const { apiVersion, kind } = items[0] ?? {};
    const events = [
      ...(searchParams.has('sendInitialEvents') ? items.map((object) => ({ type: 'ADDED', object })) : []),
      { type: 'BOOKMARK', object: { apiVersion, kind, metadata: end } },
    ];
    res.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  };
}

function kubeconfig(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    clusters: [{ name: 'lab', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'lab', user: {} }],
  });
}

function listening(handler: RequestListener): Promise<Server> {
  const server = createServer(handler);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
