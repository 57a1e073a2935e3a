import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import type { Cloud } from './cloud.ts';
import { type CloudName, createCloud, factsOf } from './clouds.ts';

const root = join(import.meta.dirname, '..', '..');
const fleet = join(root, 'test', 'fleets', 'clusters');
const factsOfCluster = (name: string): object => {
  const { cluster_name: _, ...facts } = JSON.parse(readFileSync(join(fleet, name, 'facts.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  return facts;
};
const ZONE_ID = '0123456789abcdef0123456789abcdef';
const generic = factsOfCluster('test-generic');
const identities = { workload_identity: { endpoints: [{ cidr: '169.254.169.254/32', ports: [80] }] } };

/** A cluster with the domain staging.example.com, in the zone that its facts name. */
function zoneIn(cloud: CloudName, facts: object, domain = 'staging.example.com'): NonNullable<Cloud['zone']> {
  return createCloud(cloud, { name: 'staging', domain }, factsOf(cloud).parse(facts)).zone!;
}

/** By provider: facts with the zone of this name, or with none. */
const CLOUDS: Readonly<Record<string, (zone?: string) => readonly [CloudName, object]>> = {
  azure: (zone) => ['aks', { ...factsOfCluster('test-aks'), dns_zone_name: zone }],
  aws: (zone) => ['eks', { ...factsOfCluster('test-eks'), dns_zone_name: zone }],
  google: (zone) => [
    'generic',
    { ...generic, ...identities, dns_zone: { provider: 'google', project: 'example-dns', zone } },
  ],
  cloudflare: (zone) => [
    'generic',
    { ...generic, dns_zone: { provider: 'cloudflare', ...(zone && { zone, zone_id: ZONE_ID }) } },
  ],
  rfc2136: (zone = 'staging.example.com') => [
    'generic',
    { ...generic, dns_zone: { provider: 'rfc2136', server: '192.0.2.53', zone, key_name: 'key' } },
  ],
};

describe.each(Object.entries(CLOUDS))('records at %s', (provider, facts) => {
  it('of a zone of the name of the domain, if the facts name none, are found by the filter of the domain', () => {
    const { args } = zoneIn(...facts());
    expect(args).toContain(`--provider=${provider}`);
    expect(args).toContain('--domain-filter=staging.example.com');
    expect(args.filter((arg) => /match-parent|zone-name-filter|regex-domain-filter/.test(arg))).toEqual([]);
  });

  it('are refused by an error that names both if the domain is outside of the zone', () => {
    for (const zone of ['example.org', 'ing.example.com', 'eu.staging.example.com'])
      expect(() => zoneIn(...facts(zone))).toThrow(Fault);
    expect(() => zoneIn(...facts('example.org'))).toThrow(
      'the domain staging.example.com is outside of the DNS zone example.org, which clusters/staging/facts.json names',
    );
  });
});

describe('a zone above the domain', () => {
  const args = (provider: string): readonly string[] => zoneIn(...CLOUDS[provider]!('example.com')).args;

  it('is found at Azure by its name, in Route 53 as a parent, at Cloudflare by its id', () => {
    expect(args('azure')).toEqual(
      expect.arrayContaining(['--domain-filter=staging.example.com', '--zone-name-filter=example.com']),
    );
    expect(args('aws')).toEqual(
      expect.arrayContaining(['--domain-filter=staging.example.com', '--aws-zone-match-parent']),
    );
    expect(args('cloudflare')).toEqual(
      expect.arrayContaining(['--domain-filter=staging.example.com', `--zone-id-filter=${ZONE_ID}`]),
    );
    expect(args('rfc2136')).toEqual(
      expect.arrayContaining(['--domain-filter=staging.example.com', '--rfc2136-zone=example.com']),
    );
  });

  it('passes the filter at Google, with no name in it but those of the domain', () => {
    const flag = args('google').find((arg) => arg.startsWith('--regex-domain-filter='));
    const filter = new RegExp(flag!.slice('--regex-domain-filter='.length));
    const passes = [
      'example.com',
      'staging.example.com',
      'a.b.staging.example.com',
      'a._external-dns.staging.example.com',
    ];
    const others = [
      'www.example.com',
      'xstaging.example.com',
      'stagingxexample.com',
      'staging.example.com.org',
      'example.org',
    ];
    expect(passes.filter((name) => !filter.test(name))).toEqual([]);
    expect(others.filter((name) => filter.test(name))).toEqual([]);
    expect(args('google').some((arg) => arg.startsWith('--domain-filter'))).toBe(false);
  });

  it('is the one in which cert-manager answers challenges', () => {
    expect(zoneIn(...CLOUDS['azure']!('example.com')).solver).toMatchObject({
      azureDNS: { hostedZoneName: 'example.com' },
    });
    expect(zoneIn(...CLOUDS['azure']!()).solver).toMatchObject({ azureDNS: { hostedZoneName: 'staging.example.com' } });
    expect(zoneIn(...CLOUDS['aws']!('example.com')).solver).toMatchObject({
      route53: { hostedZoneID: 'Z0TEST0000000000000' },
    });
  });
});

describe('challenges that are delegated by a CNAME record', () => {
  it('are answered in the zone that is delegated to', () => {
    const azure = {
      ...factsOfCluster('test-aks'),
      challenge_zone: { name: 'acme.example.org', resource_group: 'acme' },
    };
    expect(zoneIn('aks', azure).solver).toMatchObject({
      cnameStrategy: 'Follow',
      azureDNS: { hostedZoneName: 'acme.example.org', resourceGroupName: 'acme' },
    });
    expect(zoneIn('aks', azure).args).toContain('--domain-filter=staging.example.com');
    const aws = { ...factsOfCluster('test-eks'), challenge_zone: { name: 'acme.example.org', id: 'Z0ACME' } };
    expect(zoneIn('eks', aws).solver).toMatchObject({ cnameStrategy: 'Follow', route53: { hostedZoneID: 'Z0ACME' } });
  });

  it.each(['google', 'cloudflare', 'rfc2136'])('are followed at %s', (provider) => {
    const [cloud, facts] = CLOUDS[provider]!() as readonly [CloudName, { readonly dns_zone: object }];
    const follow = (follow_cname: boolean) =>
      zoneIn(cloud, { ...facts, dns_zone: { ...facts.dns_zone, follow_cname } });
    expect(follow(true).solver).toHaveProperty('cnameStrategy', 'Follow');
    expect(follow(false).solver).not.toHaveProperty('cnameStrategy');
  });
});

it('Cloudflare has the name and the id of a zone above the domain, or neither', () => {
  const parse = (zone: object): boolean =>
    factsOf('generic').safeParse({ ...generic, dns_zone: { provider: 'cloudflare', ...zone } }).success;
  expect([{}, { zone: 'example.com', zone_id: ZONE_ID }].map(parse)).toEqual([true, true]);
  expect([{ zone: 'example.com' }, { zone_id: ZONE_ID }].map(parse)).toEqual([false, false]);
});
