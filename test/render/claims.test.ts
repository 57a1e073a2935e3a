import { describe, expect, it } from 'vitest';
import { at, type Manifest } from '../../charts/lib/manifest.ts';
import { withClaims } from '../../charts/render/claims.ts';

const LABELS = { 'app.kubernetes.io/name': 'db', 'app.kubernetes.io/component': 'server' };
const TEMPLATE = {
  metadata: {
    name: 'data',
    labels: { 'helm.sh/chart': 'db-1.2.3' },
    annotations: {
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'slipway.dev/no-backup-because': 'a cache',
    },
  },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'fast',
    resources: { requests: { storage: '20Gi' } },
  },
};

function set(spec: Readonly<Record<string, unknown>> = {}): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'web', labels: { ...LABELS, 'app.kubernetes.io/part-of': 'slipway' } },
    spec: { replicas: 2, selector: { matchLabels: LABELS }, volumeClaimTemplates: [TEMPLATE], ...spec },
  };
}

const render = (...manifests: Manifest[]): readonly Manifest[] => withClaims({ name: 'db', manifests }).manifests;
const names = (manifests: readonly Manifest[]): string[] => manifests.map((m) => `${m.kind} ${m.metadata.name}`);

describe('the claims of a StatefulSet', () => {
  it('are one for each replica, under the names by which its controller finds them, before the StatefulSet', () => {
    expect(names(render(set()))).toEqual([
      'PersistentVolumeClaim data-db-0',
      'PersistentVolumeClaim data-db-1',
      'StatefulSet db',
    ]);
    expect(names(render(set({ replicas: undefined, ordinals: { start: 5 } })))).toEqual([
      'PersistentVolumeClaim data-db-5',
      'StatefulSet db',
    ]);
  });

  it('have the declared size, the labels of the selector, and are kept, even with fewer replicas', () => {
    const [claim] = render(set());
    expect(claim).toEqual({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: 'data-db-0',
        namespace: 'web',
        labels: {
          ...LABELS,
          'app.kubernetes.io/part-of': 'slipway',
          'helm.sh/chart': 'db-1.2.3',
          'slipway.dev/backup': 'none',
        },
        annotations: {
          ...TEMPLATE.metadata.annotations,
          'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
        },
      },
      spec: TEMPLATE.spec,
    });
  });

  it('leave a template that has nothing of what may change', () => {
    const template = (size: string): unknown => {
      const spec = { ...TEMPLATE.spec, resources: { requests: { storage: size } } };
      const metadata = { ...TEMPLATE.metadata, labels: { 'helm.sh/chart': `db-${size}` } };
      return at(render(set({ volumeClaimTemplates: [{ metadata, spec }] })).at(-1), 'spec', 'volumeClaimTemplates', 0);
    };
    expect(template('20Gi')).toEqual(template('40Gi'));
    expect(template('20Gi')).toEqual({
      metadata: { name: 'data', annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' } },
      spec: { ...TEMPLATE.spec, resources: { requests: { storage: '1Gi' } } },
    });
  });

  it('come from the template if an autoscaler decides how many there are', () => {
    const scaler: Manifest = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'db', namespace: 'web' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } },
    };
    const original = set();
    expect(render(original, scaler)).toEqual([original, scaler]);
  });

  it('do not cut off what an explicit dependency refers to', () => {
    const [original, job] = [set(), { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'setup' } }];
    const part = withClaims({ name: 'db', manifests: [original, job], stated: [[job, original]] });
    expect(part.stated).toEqual([[job, part.manifests[2]]]);
    expect(part.stated?.[0]?.[1]).toBe(part.manifests[2]);
  });
});

describe('the claims of a server of the Prometheus Operator', () => {
  const server: Manifest = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Prometheus',
    metadata: { name: 'main', namespace: 'prometheus' },
    spec: { replicas: 2, storage: { volumeClaimTemplate: TEMPLATE } },
  };

  it('have the names that they have in the StatefulSet that the operator makes, and the declared size', () => {
    const [first, second, own] = render(server);
    expect(names([first!, second!, own!])).toEqual([
      'PersistentVolumeClaim data-prometheus-main-0',
      'PersistentVolumeClaim data-prometheus-main-1',
      'Prometheus main',
    ]);
    expect(at(first, 'spec')).toEqual(TEMPLATE.spec);
    expect(first?.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'prometheus' });
    expect(at(own, 'spec', 'storage', 'volumeClaimTemplate', 'spec', 'resources', 'requests', 'storage')).toBe('1Gi');
  });

  it('are none without a volume', () => {
    expect(names(render({ ...server, spec: { replicas: 2 } }))).toEqual(['Prometheus main']);
  });
});
