import { describe, expect, it } from 'vitest';
import type { DnsZone, WorkloadIdentity } from '../../cloud/cloud.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import { ExternalDns, type ExternalDnsProps } from './external-dns.ts';
import { externalDnsSettings } from './settings.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { newestUpstream } from '../../../test/lib/upstream.ts';

const ROUTE_53: DnsZone = {
  args: ['--provider=aws', '--zone-id-filter=Z1', '--domain-filter=staging.example.com'],
  solver: { route53: { region: 'eu-central-1' } },
};
const AZURE: DnsZone = {
  ...ROUTE_53,
  args: ['--provider=azure'],
  config: { path: '/etc/kubernetes/azure.json', content: '{}\n' },
};
const IDENTITY: WorkloadIdentity = {
  serviceAccountAnnotations: { 'azure.workload.identity/client-id': 'id' },
  podLabels: { 'azure.workload.identity/use': 'true' },
  env: { AWS_REGION: 'eu-central-1' },
  openings: [{ peers: [{ cidr: '169.254.170.23/32' }], tcp: [80] }],
};

function render(props: Partial<ExternalDnsProps> = {}): Record<string, Manifest> {
  const dns = new ExternalDns({
    ...externalDnsSettings.parse({}),
    image: 'external-dns:v0.22.0',
    upstream: newestUpstream('external-dns'),
    cluster: 'staging',
    gateway: 'gateway',
    zone: ROUTE_53,
    identity: IDENTITY,
    ...props,
  });
  dns.dns = [];
  return Object.fromEntries(manifestsOf(dns).manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m]));
}

const pod = (objects: Record<string, Manifest>): unknown =>
  at(objects['Deployment/external-dns'], 'spec', 'template', 'spec');
const args = (props?: Partial<ExternalDnsProps>): readonly unknown[] =>
  listAt(pod(render(props)), 'containers', 0, 'args');

describe('DNS records', () => {
  it('are of hosts of the gateway alone, not of what other objects and Gateways name', () => {
    expect(args()).toContain('--gateway-namespace=gateway');
    expect(args().filter((arg) => String(arg).startsWith('--source='))).toEqual(['--source=gateway-httproute']);
  });

  it('are deleted only with policy sync', () => {
    expect(args()).toContain('--policy=upsert-only');
    expect(args({ policy: 'sync' })).toContain('--policy=sync');
  });

  it('are restricted to the cluster as owner and to what the filters of the zone pass', () => {
    expect(args()).toEqual(
      expect.arrayContaining([
        '--registry=txt',
        '--txt-owner-id=staging',
        '--domain-filter=staging.example.com',
        '--provider=aws',
      ]),
    );
  });

  it('have ownership records within the zone, even for the domain itself', () => {
    const prefix = args().find((arg) => String(arg).startsWith('--txt-prefix='));
    expect(prefix).toMatch(/%\{record_type\}.*\.$/);
  });
});

describe('Deployment external-dns', () => {
  it('has one replica and strategy Recreate', () => {
    expect(render()['Deployment/external-dns']?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  it('may only read Gateways, HTTPRoutes and namespaces', () => {
    expect(at(render()['ClusterRole/external-dns'], 'rules')).toEqual([
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
      {
        apiGroups: ['gateway.networking.k8s.io'],
        resources: ['gateways', 'httproutes'],
        verbs: ['get', 'list', 'watch'],
      },
    ]);
  });

  it('has the cloud identity and egress to its token endpoint', () => {
    const objects = render();
    expect(objects['ServiceAccount/external-dns']?.metadata.annotations).toEqual(IDENTITY.serviceAccountAnnotations);
    expect(at(objects['Deployment/external-dns'], 'spec', 'template', 'metadata', 'labels')).toMatchObject({
      'azure.workload.identity/use': 'true',
    });
    expect(at(pod(objects), 'containers', 0, 'env')).toEqual([{ name: 'AWS_REGION', value: 'eu-central-1' }]);
    expect(JSON.stringify(objects['NetworkPolicy/external-dns']?.spec)).toContain('169.254.170.23/32');
  });

  it('mounts the configuration file of the provider', () => {
    const objects = render({ zone: AZURE });
    expect(objects['ConfigMap/external-dns-provider']?.data).toEqual({ 'azure.json': '{}\n' });
    expect(at(pod(objects), 'containers', 0, 'volumeMounts')).toEqual([
      { name: 'provider', mountPath: '/etc/kubernetes', readOnly: true },
    ]);
    expect(at(pod(objects), 'volumes')).toEqual([{ name: 'provider', configMap: { name: 'external-dns-provider' } }]);
  });

  it('has no ConfigMap if the provider needs none', () => {
    expect(Object.keys(render()).filter((key) => key.startsWith('ConfigMap/'))).toEqual([]);
    expect(at(pod(render()), 'volumes')).toBeUndefined();
  });
});

it.each(['0s', '60', '1m30s', 'soon'])('settings reject interval %s', (interval) => {
  expect(externalDnsSettings.safeParse({ interval }).success).toBe(false);
});
