import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Repository } from '../../charts/applications.ts';
import { clouds } from '../../charts/cloud/clouds.ts';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import { Fault } from '../../charts/fault.ts';
import { fleetProblems } from '../../cli/fleet.ts';
import { synth } from '../../cli/synth.ts';
import { Versions } from '../../cli/versions.ts';
import { FACTS, FleetFolder, GENERIC, IN_CLOUD, LAPTOP, OTHER_FACTS, PINS, pinsOf } from './fleet-folder.ts';

let fleet: FleetFolder;
beforeEach(() => {
  fleet = new FleetFolder();
});
afterEach(() => fleet.remove());

/** The text of the error of `slipway synth`, for all clusters or some; empty if there is none. */
async function errorOf(...asked: readonly string[]): Promise<string> {
  return synth(fleet, asked).then(
    () => '',
    (error: unknown) => {
      if (error instanceof Fault) return error.message;
      throw error;
    },
  );
}

const OTHER: ClusterFile = { ...LAPTOP, domain: 'other.localhost' };
const ON_EKS: ClusterFile = { ...IN_CLOUD, cloud: 'eks', domain: 'eks.example.com' };
const ELSEWHERE: ClusterFile = { ...IN_CLOUD, cloud: 'generic', domain: 'elsewhere.example.com' };

const eksFacts = (changes: object = {}): string =>
  JSON.stringify({
    region: 'eu-central-1',
    vpc_cidr: '10.1.0.0/16',
    service_cidr: '172.20.0.0/16',
    hosted_zone_id: 'Z1',
    backup_bucket: 'first-backups',
    backup_kms_key_arn: 'arn:aws:kms:eu-central-1:000000000001:key/1',
    ...changes,
  });
const eksPins = pinsOf({ ...LAPTOP, domain: 'eks.example.com' });

describe('two clusters', () => {
  it('with facts, domains and hosts of their own are no fault', async () => {
    fleet.add('a', IN_CLOUD, { facts: FACTS });
    fleet.add('b', { ...IN_CLOUD, domain: 'b.example.com' }, { facts: OTHER_FACTS });
    fleet.add('c', LAPTOP);
    expect(await errorOf()).toBe('');
  });

  it('with one domain are a fault', async () => {
    fleet.add('a', LAPTOP);
    fleet.add('b', LAPTOP);
    expect(await errorOf()).toBe(
      [
        'clusters a and b have the same domain, and so the same hosts and DNS records',
        '  at:   clusters/b/cluster.ts:3',
        '  seen: example.localhost, also in clusters/a/cluster.ts:3',
        '  fix:  give each a domain of its own, such as a subdomain',
      ].join('\n'),
    );
  });

  it('with one domain are a fault even before one has facts', async () => {
    fleet.add('a', IN_CLOUD, { facts: FACTS });
    fleet.add('b', IN_CLOUD);
    expect(await errorOf()).toMatch(/^clusters a and b have the same domain/);
  });

  it('with one host outside their domains are a fault', async () => {
    const services = { whoami: { host: 'who.example.org' } };
    fleet.add('a', { ...IN_CLOUD, services }, { facts: FACTS });
    fleet.add('b', { ...IN_CLOUD, domain: 'b.example.net', services }, { facts: OTHER_FACTS });
    expect(await errorOf()).toMatch(
      /^clusters a and b serve the same host\n {2}at: {3}clusters\/b\/cluster.ts:\d+\n {2}seen: who.example.org, also in clusters\/a\/cluster.ts:\d+\n[^\n]*$/,
    );
  });

  it('with one host are a fault if other code has rendered them', async () => {
    fleet.add('a', LAPTOP);
    fleet.add('b', OTHER);
    const route = JSON.stringify({ kind: 'HTTPRoute', spec: { hostnames: ['who.example.org'] } });
    const elsewhere = ['a', 'b'].map((name) => ({ name, files: new Map([['whoami/HTTPRoute.whoami.yaml', route]]) }));
    const versions = await Versions.load(fleet.root, fleet.importer);
    const problems = await fleetProblems(fleet.root, versions, [], elsewhere, fleet.importer);
    expect(problems.map(({ what, seen }) => `${what}: ${seen}`)).toEqual([
      expect.stringMatching(/^clusters a and b serve the same host: who\.example\.org, also in clusters\/a\//),
    ]);
  });

  it('with a host of a tenant in common are a fault', async () => {
    const tenant = {
      repositories: ['https://github.com/example/shop.git'],
      quota: { cpu: '1', memory: '1Gi', pods: 5 },
      hosts: ['shop.example.org'],
    };
    fleet.add('a', { ...IN_CLOUD, tenants: { shop: tenant } }, { facts: FACTS });
    fleet.add('b', { ...IN_CLOUD, domain: 'b.example.net', tenants: { shop: tenant } }, { facts: OTHER_FACTS });
    expect(await errorOf()).toContain('seen: shop.example.org, also in clusters/a/cluster.ts:');
  });

  it('are a fault if one serves a host in the domain of the other', async () => {
    fleet.add('a', { ...IN_CLOUD, services: { whoami: { host: 'whoami.b.example.net' } } }, { facts: FACTS });
    fleet.add('b', { ...IN_CLOUD, domain: 'b.example.net', services: {} }, { facts: OTHER_FACTS });
    expect(await errorOf()).toMatch(
      /^cluster a serves a host in the domain of cluster b\n {2}at: {3}clusters\/a\/cluster.ts:\d+\n {2}seen: whoami.b.example.net, in b.example.net of clusters\/b\/cluster.ts:3\n/,
    );
    // Known even if b is not rendered.
    expect(await errorOf('a')).toContain('in the domain of cluster b');
  });

  it('may have domains one below the other', async () => {
    fleet.add('a', LAPTOP);
    fleet.add('b', { ...LAPTOP, domain: `b.${LAPTOP.domain}` });
    expect(await errorOf()).toBe('');
  });

  it('cannot have names that differ only in case', async () => {
    fleet.add('a', LAPTOP);
    fleet.add('A', OTHER);
    expect(await errorOf()).toMatch(/^"A" cannot be the name of a cluster\n {2}at: {3}clusters\/A\n/);
  });
});

describe('a copied cluster', () => {
  it('on AKS is a fault for each fact that is the other one’s own, at its line', async () => {
    fleet.add('a', IN_CLOUD, { facts: FACTS });
    fleet.add('b', { ...IN_CLOUD, domain: 'b.example.com' }, { facts: FACTS });
    const lineOf = (text: string): number => FACTS.slice(0, FACTS.indexOf(text)).split('\n').length;
    const own = ['"backup_storage_account"', '"cert-manager"', '"external-dns"', '"external-secrets"', '"velero":'];
    const places = (await errorOf()).split('\n').filter((line) => line.startsWith('  at:'));
    expect(places).toEqual(own.map((text) => `  at:   clusters/b/facts.json:${lineOf(text)}`));
  });

  it('is a fault even if the other one is not rendered', async () => {
    fleet.add('a', IN_CLOUD, { facts: FACTS });
    fleet.add('b', { ...IN_CLOUD, domain: 'b.example.com' }, { facts: FACTS });
    expect(await errorOf('b')).toContain('clusters a and b have the same backup_storage_account');
  });

  it.each<[string, object, object, string]>([
    ['an IP address', { traffic: { type: 'LoadBalancer', address: '198.51.100.7' } }, {}, 'traffic.address'],
    [
      'a bucket',
      {},
      { backups: { provider: 's3', endpoint: 'https://s3.example.com', bucket: 'backups' } },
      'backups.bucket',
    ],
    [
      'an identity',
      {},
      {
        workload_identity: {
          endpoints: [{ cidr: '192.0.2.1/32', ports: [443] }],
          service_account_annotations: { velero: { 'iam.gke.io/gcp-service-account': 'velero@example' } },
        },
      },
      'workload_identity.service_account_annotations.velero.iam.gke.io/gcp-service-account',
    ],
  ])('on a generic cloud with %s is a fault', async (_, one, more, fact) => {
    const facts = JSON.stringify({ ...GENERIC, ...one, ...more });
    const cluster = { ...ELSEWHERE, secrets: ['backups'] };
    fleet.add('a', cluster, { facts });
    fleet.add('b', { ...cluster, domain: 'b.example.com' }, { facts });
    expect(await errorOf()).toContain(`clusters a and b have the same ${fact}: `);
  });

  it('may have a private address, and what each cluster has in itself', async () => {
    const facts = JSON.stringify({ ...GENERIC, traffic: { type: 'LoadBalancer', address: '192.168.1.10' } });
    fleet.add('a', ELSEWHERE, { facts });
    fleet.add('b', { ...ELSEWHERE, domain: 'b.example.com' }, { facts });
    expect(await errorOf()).toBe('');
  });

  it('on EKS is a fault for the bucket of its backups', async () => {
    fleet.add('a', ON_EKS, { facts: eksFacts(), pins: eksPins });
    fleet.add('b', { ...ON_EKS, domain: 'b.example.com' }, { facts: eksFacts(), pins: eksPins });
    expect(await errorOf()).toMatch(
      /^clusters a and b have the same backup_bucket: [^]*seen: first-backups, also in clusters\/a/,
    );
  });
});

describe('one secret store of several clusters', () => {
  const others = eksFacts({ backup_bucket: 'second-backups' });

  it('is a fault if the prefix of one begins with the other', async () => {
    fleet.add('production', ON_EKS, { facts: eksFacts(), pins: eksPins });
    fleet.add('production-b', { ...ON_EKS, domain: 'b.example.com' }, { facts: others, pins: eksPins });
    expect(await errorOf()).toMatch(/^clusters production and production-b have the same region: in that store/);
  });

  it('is none if the prefixes differ, or the account', async () => {
    fleet.add('production', ON_EKS, { facts: eksFacts(), pins: eksPins });
    fleet.add('staging', { ...ON_EKS, domain: 'b.example.com' }, { facts: others, pins: eksPins });
    const apart = eksFacts({
      backup_bucket: 'third-backups',
      backup_kms_key_arn: 'arn:aws:kms:eu-central-1:000000000002:key/1',
    });
    fleet.add('production-b', { ...ON_EKS, domain: 'c.example.com' }, { facts: apart, pins: eksPins });
    expect(await errorOf()).toBe('');
  });
});

// The type is checked by the compiler; this keeps a cast from passing it.
it.each(Object.entries(clouds))('of every fact of %s it is declared whether clusters may share it', (_, cloud) => {
  expect(Object.keys(cloud.ownership).toSorted()).toEqual(Object.keys(cloud.facts.shape).toSorted());
});

describe('what nothing reads', () => {
  it.each([
    [
      'clusters/b/clustr.ts',
      /^the folder clusters\/b has no cluster.ts, so that it is no cluster\n {2}at: {3}clusters\/b\n {2}seen: clustr.ts/,
    ],
    ['clusters/flet.ts', /^nothing reads clusters\/flet.ts\n {2}at: {3}clusters\/flet.ts\n/],
    ['clusters/a/fact.json', /^nothing reads clusters\/a\/fact.json\n/],
    ['clusters/a/manifests/map.yaml', /^nothing reads clusters\/a\/manifests\n/],
  ])('is a fault: %s', async (file, message) => {
    fleet.add('a', LAPTOP);
    mkdirSync(join(fleet.root, file, '..'), { recursive: true });
    fleet.write(file, '{}');
    expect(await errorOf()).toMatch(message);
  });

  it('is none if it is a document, hidden, empty, or the source of an entry', async () => {
    const yaml = { folder: 'clusters/a/notes' };
    fleet.add('a', { ...LAPTOP, manifests: { notes: { yaml } } }, { pins: pinsOf(LAPTOP) });
    for (const folder of ['clusters/a/notes', 'clusters/empty']) mkdirSync(join(fleet.root, folder));
    fleet.write('clusters/a/notes/map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: notes\n');
    for (const file of ['clusters/README.md', 'clusters/.hidden', 'clusters/a/NOTES.md', 'clusters/fleet.ts'])
      fleet.write(file, '');
    expect(await errorOf()).toBe('');
  });

  it('is a fault of each unused pin, at its line', async () => {
    fleet.add('a', LAPTOP, { pins: PINS });
    expect(await errorOf()).toContain('pin "mongo" is not used\n  at:   clusters/pins/a/mongo.json:2\n');
  });
});

describe('the repository in clusters/fleet.ts', () => {
  const errorWith = async (url: string, revision = 'main', published?: Repository['published']): Promise<string> => {
    fleet.add('a', LAPTOP);
    const to = published && `  published: ${JSON.stringify(published)},\n`;
    fleet.write(
      'clusters/fleet.ts',
      `export const repository = {\n  url: ${JSON.stringify(url)},\n  revision: ${JSON.stringify(revision)},\n${to ?? ''}};\n`,
    );
    const { root, dist, importer } = fleet;
    const workspace = { root, dist, importer, repository: { url, revision, published } };
    return synth(workspace, []).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
  };

  it.each([
    'https://github.com/example/fleet.git',
    'https://someone@dev.azure.com/example/fleet/_git/fleet',
    'ssh://git@git.example.com:7999/example/fleet.git',
    'git@github.com:example/fleet.git',
    'file:///srv/git/fleet',
  ])('may be %s', async (url) => {
    expect(await errorWith(url)).toBe('');
  });

  it.each([
    ['', 'must be the URL of a Git repository'],
    ['github.com/example/fleet', 'must be the URL of a Git repository'],
    ['git://github.com/example/fleet.git', 'must be the URL of a Git repository'],
    ['http://github.com/example/fleet.git', 'must be the URL of a Git repository'],
    ['https://github.com/example/fleet.git ', 'must be the URL of a Git repository'],
    ['https://bot:secret@github.com/example/fleet.git', 'must have no password'],
    ['https://github.com', 'must have the path of the repository'],
  ])('cannot be "%s"', async (url, fix) => {
    const message = await errorWith(url);
    expect(message).toContain('at:   clusters/fleet.ts:2\n');
    expect(message).toContain(fix);
  });

  const FLEET = 'https://github.com/example/fleet.git';

  it.each<NonNullable<Repository['published']>>([
    { revision: 'clusters/{cluster}' },
    { url: 'https://github.com/example/fleet-{cluster}.git' },
    { url: 'git@github.com:example/fleet-{cluster}.git', revision: 'live' },
    { url: 'https://github.com/example/rendered.git', revision: '{cluster}' },
  ])('may be published to %j', async (published) => {
    expect(await errorWith(FLEET, 'main', published)).toBe('');
  });

  it.each<[NonNullable<Repository['published']>, string]>([
    [{}, 'must have {cluster} in its url or its revision'],
    [{ revision: 'live' }, 'must have {cluster} in its url or its revision'],
    [{ url: 'https://github.com/example/rendered.git' }, 'must have {cluster} in its url or its revision'],
    [{ revision: 'clusters/{name}' }, 'must have no placeholder but {cluster}'],
    [{ url: 'https://github.com/example/{cluster}-{ring}.git' }, 'must have no placeholder but {cluster}'],
    [{ url: 'http://github.com/example/{cluster}.git' }, 'must be the URL of a Git repository'],
    [{ url: 'https://bot:secret@github.com/example/{cluster}.git' }, 'must have no password'],
    [{ revision: 'my {cluster}' }, 'must be the name of a branch'],
    [{ revision: '{cluster}' }, 'must have a revision that cannot be "main", nor below it'],
    [{ revision: 'main/{cluster}' }, 'must have a revision that cannot be "main", nor below it'],
    [{ url: FLEET, revision: '{cluster}' }, 'must have a revision that cannot be "main", nor below it'],
  ])('cannot be published to %j', async (published, fix) => {
    const message = await errorWith(FLEET, 'main', published);
    expect(message).toContain('at:   clusters/fleet.ts:4\n');
    expect(message).toContain(fix);
  });

  it.each(['', 'my branch', '-main', 'a..b', 'main^', 'feature/', '@{1}'])(
    'cannot have the revision "%s"',
    async (revision) => {
      expect(await errorWith('git@github.com:example/fleet.git', revision)).toContain('at:   clusters/fleet.ts:3\n');
    },
  );

  it.each(['v1.2.3', 'release/1.x', '4488317c0ffee', 'HEAD'])('may have the revision %s', async (revision) => {
    expect(await errorWith('git@github.com:example/fleet.git', revision)).toBe('');
  });
});
