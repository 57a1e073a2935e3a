import { describe, expect, it } from 'vitest';
import { Fault } from '../../fault.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import type { Endpoint } from '../../lib/network.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { Manifests, type ManifestsProps } from './manifests.ts';

const NAME = 'app.kubernetes.io/name';
const INSTANCE = 'app.kubernetes.io/instance';
const COMPONENT = 'app.kubernetes.io/component';

function deployment(name: string, labels: Record<string, string>, selector = labels): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: selector },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name, image: 'example.com/x:1', ports: [{ name: 'http', containerPort: 9000 }] }],
        },
      },
    },
  };
}

const service: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
};

const gateway: Endpoint = {
  name: 'gateway/gateway',
  pods: { namespace: 'gateway', labels: { [NAME]: 'gateway' } },
  ports: {},
};
const host: NonNullable<ManifestsProps['host']> = {
  binding: { host: 'web.example.com', listener: { gateway: 'gateway', namespace: 'gateway', name: 'https' }, gateway },
  service: 'web',
  port: 80,
};

function render(objects: readonly Manifest[], props: Partial<ManifestsProps> = {}): Manifest[] {
  const component = new Manifests('web', { objects, tier: 'apps', namespaces: [], network: {}, ...props });
  return [...manifestsOf(component).manifests];
}

function find(objects: readonly Manifest[], kind: string, name = 'web'): Manifest {
  const found = objects.find((m) => m.kind === kind && m.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

describe('labels', () => {
  it('are those of every component, on objects and pods, and the role of a workload', () => {
    const web = find(render([deployment('web', { app: 'web' })]), 'Deployment');
    const common = {
      [NAME]: 'web',
      [INSTANCE]: 'web',
      'app.kubernetes.io/part-of': 'slipway',
      'app.kubernetes.io/managed-by': 'slipway',
    };
    expect(web.metadata.labels).toEqual({ ...common, [COMPONENT]: 'web' });
    expect(at(web, 'spec', 'template', 'metadata', 'labels')).toEqual({ ...common, [COMPONENT]: 'web', app: 'web' });
  });

  it('that a selector asks for stay, and selectors are never changed', () => {
    const labels = {
      [NAME]: 'upstream',
      [INSTANCE]: 'release',
      [COMPONENT]: 'ui',
      'app.kubernetes.io/managed-by': 'Helm',
    };
    const selector = { [NAME]: 'upstream', [INSTANCE]: 'release' };
    const web = find(render([deployment('web', labels, selector)]), 'Deployment');
    expect(at(web, 'spec', 'selector')).toEqual({ matchLabels: selector });
    expect(at(web, 'spec', 'template', 'metadata', 'labels')).toMatchObject({
      ...selector,
      [COMPONENT]: 'ui',
      'app.kubernetes.io/managed-by': 'slipway',
    });
    expect(web.metadata.labels).toMatchObject({ [INSTANCE]: 'release', [COMPONENT]: 'ui' });
  });

  it('reach the pods of a CronJob and of a Pod', () => {
    const container = { name: 'x', image: 'example.com/x:1' };
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'web' },
      spec: { jobTemplate: { spec: { template: { spec: { containers: [container] } } } } },
    };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [container] } };
    const rendered = render([cron, pod]);
    expect(at(find(rendered, 'CronJob'), 'spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels', NAME)).toBe(
      'web',
    );
    expect(find(rendered, 'Pod').metadata.labels).toMatchObject({ [NAME]: 'web', [COMPONENT]: 'web' });
  });
});

describe('the namespace', () => {
  it('is the own one, hardened, in place of that of the source', () => {
    const source = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web', labels: { theirs: 'yes' } } };
    const rendered = render([source, service], { podSecurity: { level: 'baseline' } });
    const namespaces = rendered.filter(({ kind }) => kind === 'Namespace');
    expect(namespaces).toHaveLength(1);
    expect(namespaces[0]?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'baseline' });
    expect(namespaces[0]?.metadata.labels).not.toHaveProperty('theirs');
    expect(find(rendered, 'Service').metadata.namespace).toBe('web');
  });

  it('of an object may be another one if it is listed, and cluster-scoped objects have none', () => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: 'kube-system' },
      data: { a: 'b' },
    };
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'web', namespace: 'default' },
    };
    const rendered = render([map, role], { namespaces: ['kube-system'] });
    expect(find(rendered, 'ConfigMap').metadata.namespace).toBe('kube-system');
    expect(find(rendered, 'ClusterRole').metadata.namespace).toBeUndefined();
  });
});

describe('policies', () => {
  it('deny all but DNS to a workload without connections, and replace those of the source', () => {
    const open = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'allow-all' },
      spec: { podSelector: {}, ingress: [{}] },
    };
    const policies = render([open, deployment('web', { app: 'web' })]).filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.map(({ metadata }) => metadata.name)).toEqual(['default-deny', 'web']);
    expect(at(policies[1], 'spec', 'ingress')).toBeUndefined();
    expect(listAt(policies[1], 'spec', 'egress')).toHaveLength(1);
  });

  it('open both ends of a connection between two workloads', () => {
    const rendered = render([deployment('web', { app: 'web' }), deployment('worker', { app: 'worker' })], {
      network: { worker: { ingress: [], egress: [{ to: 'web', ports: [9000] }] } },
    });
    const port = [{ port: 9000, protocol: 'TCP' }];
    const [client, server] = ['worker', 'web'].map((name) => find(rendered, 'NetworkPolicy', name));
    expect(at(server, 'spec', 'ingress', 0)).toMatchObject({
      from: [{ podSelector: at(client, 'spec', 'podSelector') }],
      ports: port,
    });
    expect(at(client, 'spec', 'egress', 1)).toMatchObject({
      to: [{ podSelector: at(server, 'spec', 'podSelector') }],
      ports: port,
    });
  });

  it('allow CIDR ranges, the internet without metadata services, and the API server', () => {
    const rendered = render([deployment('web', { app: 'web' })], {
      network: {
        web: {
          ingress: [
            { from: '10.0.0.0/8', ports: [9000] },
            { from: 'api-server', ports: [9000] },
          ],
          egress: [{ to: 'internet' }, { to: 'api-server' }, { to: 'fd00::/64', ports: [5432] }],
        },
      },
    });
    const { ingress, egress } = find(rendered, 'NetworkPolicy')['spec'] as {
      ingress: readonly { from?: unknown }[];
      egress: readonly unknown[];
    };
    expect(ingress[0]?.from).toEqual([{ ipBlock: { cidr: '10.0.0.0/8' } }]);
    expect(ingress[1]?.from).toBeUndefined();
    expect(at(egress[1], 'to', 0, 'ipBlock', 'except')).toEqual(['169.254.0.0/16', '168.63.129.16/32']);
    expect(at(egress[2], 'ports')).toEqual([443, 6443].map((port) => ({ port, protocol: 'TCP' })));
    expect(at(egress[2], 'to')).toEqual(at(egress[1], 'to'));
    expect(at(egress[3], 'to')).toEqual([{ ipBlock: { cidr: 'fd00::/64' } }]);
  });

  it('exclude metadata services from a range, and refuse a range of them', () => {
    const rendered = (to: string): ReturnType<typeof render> =>
      render([deployment('web', { app: 'web' })], { network: { web: { ingress: [], egress: [{ to, ports: [80] }] } } });
    const egress = listAt(find(rendered('160.0.0.0/4'), 'NetworkPolicy'), 'spec', 'egress');
    expect(at(egress[1], 'to')).toEqual([
      { ipBlock: { cidr: '160.0.0.0/4', except: ['169.254.0.0/16', '168.63.129.16/32'] } },
    ]);
    expect(() => rendered('169.254.169.254/32')).toThrow(
      /web.*169\.254\.0\.0\/16.*link-local[^]*169\.254\.169\.254\/32/,
    );
  });

  it('tell two kinds of workload of one name apart', () => {
    const rendered = render([
      deployment('web', { app: 'web' }),
      { ...deployment('web', { app: 'agent' }), kind: 'DaemonSet' },
    ]);
    expect(at(find(rendered, 'NetworkPolicy', 'web-daemonset'), 'spec', 'podSelector', 'matchLabels')).toMatchObject({
      app: 'agent',
    });
  });
});

describe('a host', () => {
  it('is routed to the Service, and the gateway may call the container port behind it', () => {
    const rendered = render([deployment('web', { app: 'web' }), service], { host });
    expect(at(find(rendered, 'HTTPRoute'), 'spec', 'rules', 0, 'backendRefs')).toEqual([{ name: 'web', port: 80 }]);
    expect(at(find(rendered, 'NetworkPolicy'), 'spec', 'ingress')).toMatchObject([
      { from: [{ podSelector: { matchLabels: { [NAME]: 'gateway' } } }], ports: [{ port: 9000 }] },
    ]);
  });

  it('reaches every workload that the Service selects', () => {
    const canary = deployment('canary', { app: 'web', track: 'canary' });
    const rendered = render([deployment('web', { app: 'web', track: 'stable' }), canary, service], { host });
    expect(at(find(rendered, 'NetworkPolicy', 'canary'), 'spec', 'ingress', 0, 'ports', 0, 'port')).toBe(9000);
  });
});

describe('volumes and definitions', () => {
  const KEPT = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' };

  it('are never pruned or deleted, nor is their namespace', () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'web' }, spec: {} };
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'web' },
      spec: {
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
        template: { spec: { containers: [{ name: 'x', image: 'example.com/x:1' }] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
      },
    };
    const rendered = render([claim, set], { noBackupBecause: 'a cache' });
    const annotations = { ...KEPT, 'slipway.dev/no-backup-because': 'a cache' };
    expect(find(rendered, 'PersistentVolumeClaim').metadata.annotations).toEqual(annotations);
    expect(find(rendered, 'Namespace').metadata.annotations).toEqual(KEPT);
    expect(find(rendered, 'StatefulSet')['spec']).toMatchObject({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [{ metadata: { annotations } }],
    });
  });

  it('of custom resources keep their schema as it is', () => {
    const schema = { type: 'object', properties: { env: {}, size: { default: null } } };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      spec: { versions: [{ schema }] },
      status: { storedVersions: [] },
    };
    const rendered = find(render([definition]), 'CustomResourceDefinition', 'things.example.com');
    expect(rendered.metadata.annotations).toEqual(KEPT);
    expect(rendered).not.toHaveProperty('status');
    expect(at(rendered, 'spec', 'versions', 0, 'schema', 'properties', 'env')).toEqual({});
  });
});

it('removes what generators leave behind, but not what is empty on purpose', () => {
  const web = structuredClone(deployment('web', { app: 'web' })) as Manifest & { spec: { template: { spec: object } } };
  const object: Manifest = {
    ...web,
    metadata: {
      name: 'web',
      annotations: { 'argocd.argoproj.io/sync-wave': '5', mine: 'yes' },
    },
    status: {},
  };
  Object.assign(object.metadata, { creationTimestamp: null });
  Object.assign(web.spec.template.spec, {
    nodeSelector: {},
    tolerations: [],
    affinity: null,
    volumes: [{ name: 'tmp', emptyDir: {} }],
  });
  const rendered = find(render([object]), 'Deployment');
  expect(rendered.metadata).not.toHaveProperty('creationTimestamp');
  expect(rendered.metadata.annotations).toEqual({ mine: 'yes' });
  expect(rendered).not.toHaveProperty('status');
  const pod = at(rendered, 'spec', 'template', 'spec');
  expect(Object.keys(pod as object)).toEqual(['containers', 'priorityClassName', 'volumes']);
  expect(at(pod, 'volumes', 0, 'emptyDir')).toEqual({});
});

it('keeps a hook of the phase Sync, which has a place in the order, and refuses every other', () => {
  const job = (hook: string): Manifest => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'web', annotations: { 'argocd.argoproj.io/hook': hook } },
    spec: { template: { spec: { containers: [{ name: 'x', image: 'example.com/x:1' }] } } },
  });
  expect(find(render([job('Sync')]), 'Job').metadata.annotations).toHaveProperty('argocd.argoproj.io/hook', 'Sync');
  expect(() => render([job('PreSync')])).toThrow(Fault);
});
