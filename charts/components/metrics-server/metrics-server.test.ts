import { describe, expect, it } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { MetricsServer, type MetricsServerProps } from './metrics-server.ts';
import { metricsServerSettings } from './settings.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { newestUpstream } from '../../../test/lib/upstream.ts';

function render(props: Partial<MetricsServerProps> = {}): {
  objects: Record<string, Manifest>;
  stated: readonly (readonly [Manifest, Manifest])[];
} {
  const server = new MetricsServer({
    ...metricsServerSettings.parse({}),
    image: 'metrics-server:v0.9.0',
    upstream: newestUpstream('metrics-server'),
    kubeletSelfSigned: false,
    nodes: [{ cidr: '10.0.0.0/16' }],
    ...props,
  });
  server.dns = [];
  const { manifests, stated } = manifestsOf(server);
  return { objects: Object.fromEntries(manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m])), stated };
}

const container = (props?: Partial<MetricsServerProps>): unknown =>
  at(render(props).objects['Deployment/metrics-server'], 'spec', 'template', 'spec', 'containers', 0);
const args = (props?: Partial<MetricsServerProps>): readonly unknown[] => listAt(container(props), 'args');

describe('certificate', () => {
  const { objects, stated } = render();
  const certificate = objects['Certificate/metrics-server-tls'];
  const api = objects['APIService/v1beta1.metrics.k8s.io'];

  it('has the DNS name of the Service', () => {
    const { name, namespace } = at(api, 'spec', 'service') as { name: string; namespace: string };
    expect(at(certificate, 'spec', 'dnsNames')).toEqual([`${name}.${namespace}.svc`]);
    expect(objects[`Service/${name}`]?.metadata.namespace).toBe(namespace);
  });

  it('is verified against a caBundle injected by cert-manager', () => {
    expect(api?.metadata.annotations?.['cert-manager.io/inject-ca-from']).toBe(
      `${certificate?.metadata.namespace}/${certificate?.metadata.name}`,
    );
    expect(at(api, 'spec', 'insecureSkipTLSVerify')).toBeUndefined();
    // In the manifest every sync would revert cert-manager's value.
    expect(at(api, 'spec', 'caBundle')).toBeUndefined();
  });

  it('is mounted as the serving certificate', () => {
    const volume = at(objects['Deployment/metrics-server'], 'spec', 'template', 'spec', 'volumes', 0);
    expect(textAt(volume, 'secret', 'secretName')).toBe(textAt(certificate, 'spec', 'secretName'));
    expect(args()).toContain(`--tls-cert-file=${textAt(container(), 'volumeMounts', 0, 'mountPath')}/tls.crt`);
  });

  it('comes before the APIService, as does the Deployment', () => {
    expect(stated).toContainEqual([api, objects['Deployment/metrics-server']]);
  });
});

describe('kubelets', () => {
  it('are verified unless their certificates are self-signed', () => {
    expect(args()).not.toContain('--kubelet-insecure-tls');
    expect(args({ kubeletSelfSigned: true })).toContain('--kubelet-insecure-tls');
  });

  it('are allowed as egress on nodes alone, as is the API server as ingress', () => {
    const policy = render().objects['NetworkPolicy/metrics-server'];
    expect(listAt(policy, 'spec', 'egress')).toContainEqual({
      ports: [{ port: 10250, protocol: 'TCP' }],
      to: [{ ipBlock: { cidr: '10.0.0.0/16' } }],
    });
    expect(at(policy, 'spec', 'ingress')).toEqual([{ ports: [{ port: 10250, protocol: 'TCP' }] }]);
  });
});

describe('RBAC', () => {
  const { objects } = render();

  it('permits reads and delegated authorization', () => {
    const verbs = ['ClusterRole/metrics-server', 'ClusterRole/metrics-server-view'].flatMap((key) =>
      listAt(objects[key], 'rules').flatMap((r) => listAt(r, 'verbs')),
    );
    expect(new Set(verbs)).toEqual(new Set(['get', 'list', 'watch']));
    expect(at(objects['ClusterRoleBinding/metrics-server-auth-delegator'], 'roleRef', 'name')).toBe(
      'system:auth-delegator',
    );
    const reader = objects['RoleBinding/metrics-server-auth-reader'];
    expect(reader?.metadata.namespace).toBe('kube-system');
    expect(at(reader, 'subjects', 0)).toEqual({
      kind: 'ServiceAccount',
      name: 'metrics-server',
      namespace: 'metrics-server',
    });
  });

  it('aggregates metrics to the ClusterRole view', () => {
    expect(
      objects['ClusterRole/metrics-server-view']?.metadata.labels?.['rbac.authorization.k8s.io/aggregate-to-view'],
    ).toBe('true');
  });
});

it('has HTTPS probes', () => {
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
    expect(at(container(), probe, 'httpGet', 'scheme')).toBe('HTTPS');
});

it('settings reject 0 replicas', () => {
  expect(metricsServerSettings.parse({})).toEqual({ replicas: 1 });
  expect(metricsServerSettings.safeParse({ replicas: 0 }).success).toBe(false);
});
