import { describe, expect, it } from 'vitest';
import { type Cluster, type ClusterFile, clusterSchema } from '../../charts/cluster-file.ts';
import { at, label, listAt, textAt } from '../../charts/lib/manifest.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { repository } from '../fleets/repository.ts';
import { INVARIANTS } from '../invariants/all.ts';
import { type ClusterObjects, componentsOf, named, ofKind } from '../lib/cluster-objects.ts';
import { renderTestCluster } from '../lib/fleet.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';
import { type Endpoint, Network } from '../lib/policies.ts';

const fleet = await loadTestFleet();

/** A cluster of the test fleet on a cloud, with other sections than its own. */
function on(cloud: ClusterFile['cloud'], sections: Partial<ClusterFile>): Cluster {
  const model = fleet.find((cluster) => cluster.settings.cloud === cloud)!;
  const { domain } = model.settings;
  const platform = { certManager: { acmeEmail: 'ops@example.net' }, externalSecrets: {}, gateway: { replicas: 2 } };
  return { ...model, settings: clusterSchema.parse({ cloud, domain, ...platform, velero: {}, ...sections }) };
}

const files = (cluster: Cluster): ReadonlyMap<string, string> => renderCluster(cluster, repository).files;
const violations = (cluster: ClusterObjects): string[] => INVARIANTS.flatMap(({ check }) => check(cluster));

describe('a section in its single form', () => {
  it.each([
    ['mongo', 'eks', { mongo: { size: '3Gi' } }, { mongo: { mongo: { size: '3Gi' } } }],
    ['objectStore', 'kind', { objectStore: { size: '3Gi' } }, { objectStore: { 'object-store': { size: '3Gi' } } }],
  ] as const)('%s renders the same bytes as with an instance of its name', (_, cloud, single, byName) => {
    expect(files(on(cloud, single))).toEqual(files(on(cloud, byName)));
  });

  it('is not changed by a second instance beside it', () => {
    const one = files(on('eks', { mongo: {} }));
    const two = files(on('eks', { mongo: { mongo: {}, analytics: {} } }));
    const own = [...one].filter(([path]) => path.startsWith('mongo/'));
    expect(own.length).toBeGreaterThan(20);
    for (const [path, text] of own) expect([path, two.get(path)]).toEqual([path, text]);
  });
});

describe('two replica sets', () => {
  const services = { ledger: { database: 'main' }, reports: { database: 'analytics' } };
  const cluster = renderTestCluster(on('eks', { mongo: { main: {}, analytics: { size: '50Gi' } }, services }));
  const sets = ['mongo-main', 'mongo-analytics'];
  const users = (set: string): unknown[] =>
    listAt(
      JSON.parse(textAt(named(cluster, 'ConfigMap', set, `${set}-setup`), 'data', 'state.json') ?? ''),
      'users',
    ).map((user) => at(user, 'name'));

  it('have a component, a namespace, an Application and an AppProject each', () => {
    expect(componentsOf(cluster)).toEqual(expect.arrayContaining(sets));
    expect(componentsOf(cluster)).not.toContain('mongo');
    for (const set of sets) {
      expect(named(cluster, 'Namespace', undefined, set)).toBeDefined();
      expect(named(cluster, 'Application', 'argocd', set)).toBeDefined();
      expect(named(cluster, 'AppProject', 'argocd', set)).toBeDefined();
      expect(named(cluster, 'StatefulSet', set, set)?.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': set });
    }
  });

  it('have their own settings', () => {
    const size = (set: string): string | undefined =>
      textAt(named(cluster, 'PersistentVolumeClaim', set, `data-${set}-0`), 'spec', 'resources', 'requests', 'storage');
    expect(sets.map(size)).toEqual(['10Gi', '50Gi']);
  });

  it('have the users of their own clients', () => {
    expect(sets.map(users)).toEqual([
      ['root', 'exporter', 'backup', 'ledger'],
      ['root', 'exporter', 'backup', 'reports'],
    ]);
  });

  it('share no name in the secret store', () => {
    const names = sets.map((set) =>
      ofKind(cluster, 'PushSecret')
        .filter(({ metadata }) => metadata.namespace === set)
        .flatMap((push) => textAt(push, 'spec', 'data', 0, 'match', 'remoteRef', 'remoteKey') ?? []),
    );
    expect(names.map(({ length }) => length)).toEqual([5, 5]);
    expect(new Set(names.flat()).size).toBe(10);
  });

  it('are both backed up', () => {
    expect(listAt(ofKind(cluster, 'Schedule')[0], 'spec', 'template', 'includedNamespaces')).toEqual([
      'mongo-analytics',
      'mongo-main',
    ]);
  });

  it('are reached by their own clients only', () => {
    const network = new Network(cluster);
    const end = (name: string): Endpoint => network.endpoints.find((one) => one.label === name)!;
    const reaches = (client: string, set: string): readonly boolean[] => {
      const [from, to] = [end(client), end(`StatefulSet ${set}/${set}`)];
      const port = to.ports.find(({ name }) => name === 'mongo')!;
      return [network.allows('egress', from, to, port), network.allows('ingress', to, from, port)];
    };
    expect(reaches('Deployment ledger/ledger', 'mongo-main')).toEqual([true, true]);
    expect(reaches('Deployment ledger/ledger', 'mongo-analytics')).toEqual([false, false]);
    expect(reaches('Deployment reports/reports', 'mongo-analytics')).toEqual([true, true]);
    expect(reaches('Deployment reports/reports', 'mongo-main')).toEqual([false, false]);
    expect(reaches('StatefulSet mongo-main/mongo-main', 'mongo-analytics')).toEqual([false, false]);
    expect(reaches('Job mongo-main/mongo-main-setup', 'mongo-analytics')).toEqual([false, false]);
  });

  it('are read by a service through a Secret that names the set, so that a change of sets replaces its pods', () => {
    const secret = (service: keyof typeof services): string | undefined => {
      const external = named(cluster, 'ExternalSecret', service, `${service}-mongo-${services[service].database}`);
      return textAt(external, 'spec', 'target', 'template', 'data', 'uri');
    };
    expect(secret('ledger')).toContain('@mongo-main-0.mongo-main.mongo-main.svc.cluster.local:27017,');
    expect(secret('reports')).toContain('@mongo-analytics-0.mongo-analytics.mongo-analytics.svc.cluster.local:27017,');
  });

  it('violate no invariant', () => {
    expect(violations(cluster)).toEqual([]);
  });
});

describe('several object stores', () => {
  const cluster = renderTestCluster(
    on('kind', { objectStore: { main: {}, archive: {} }, velero: { objectStore: 'archive' } }),
  );

  it('have one that the backups are stored in, with its own keys', () => {
    expect(at(ofKind(cluster, 'BackupStorageLocation')[0], 'spec', 'config', 's3Url')).toBe(
      'http://object-store-archive.object-store-archive.svc:8333',
    );
    expect(at(named(cluster, 'ExternalSecret', 'velero', 'access-keys'), 'spec', 'data', 0, 'remoteRef', 'key')).toBe(
      'object-store-archive-keys',
    );
  });

  it('violate no invariant', () => {
    expect(violations(cluster)).toEqual([]);
  });
});

describe('instances with the longest names', () => {
  /** Appended to a component's name up to a length. */
  const name = (component: string, length: number): string => 'x'.repeat(length - component.length - 1);

  it.each([
    ['eks', { mongo: { [name('mongo', 47)]: {} } }],
    ['kind', { objectStore: { [name('object-store', 52)]: {} } }],
  ] as const)('violate no invariant on %s', (cloud, sections) => {
    const cluster = renderTestCluster(on(cloud, sections));
    expect(violations(cluster)).toEqual([]);
    const [longest = 0] = ofKind(cluster, 'StatefulSet')
      .map((set) => set.metadata.name.length)
      .toSorted((a, b) => b - a);
    expect([longest, label(ofKind(cluster, 'Schedule')[0]!)]).toEqual([52, 'Schedule velero/volumes']);
  });
});
