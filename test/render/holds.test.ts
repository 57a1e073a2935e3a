import { describe, expect, it } from 'vitest';
import type { Cluster, ClusterSettings } from '../../charts/cluster-file.ts';
import { sha256OfFiles } from '../../charts/holds.ts';
import { renderCluster, type RenderedCluster } from '../../charts/render/render.ts';
import { repository } from '../fleets/repository.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';

const fleet = await loadTestFleet();
const found = (name: string): Cluster => fleet.find((one) => one.name === name)!;
const [eks, kind] = [found('test-eks'), found('test-kind')];
const before = new Map([eks, kind].map((cluster) => [cluster, renderCluster(cluster, repository)]));

function folderOf({ files }: RenderedCluster, component: string): Map<string, string> {
  return new Map([...files].filter(([path]) => path.startsWith(`${component}/`)));
}

/** A cluster with other settings, that holds components as they were with its own. */
function holding(cluster: Cluster, components: readonly string[], change: Partial<ClusterSettings> = {}): Cluster {
  const byComponent = new Map(
    components.map((name) => {
      const files = folderOf(before.get(cluster)!, name);
      const hold = { commit: 'c'.repeat(40), because: 'a test of holds', by: 'a', until: '2099-12-31' };
      return [name, { hold: { ...hold, sha256: sha256OfFiles(files) }, files }];
    }),
  );
  const held = { cluster: cluster.name, file: `clusters/${cluster.name}/holds.json`, byComponent };
  return { ...cluster, settings: { ...cluster.settings, ...change }, held };
}

const render = (...args: Parameters<typeof holding>): RenderedCluster => renderCluster(holding(...args), repository);

/** The components with a file that differs. */
function changed(cluster: Cluster, { files }: RenderedCluster): string[] {
  const was = before.get(cluster)!.files;
  const paths = [...new Set([...was.keys(), ...files.keys()])].filter((path) => was.get(path) !== files.get(path));
  return [...new Set(paths.map((path) => path.split('/')[0] ?? ''))].toSorted();
}

const names = ({ objects }: RenderedCluster, kinds: string): string[] =>
  objects
    .filter(({ manifest }) => manifest.kind === kinds)
    .map(({ manifest: { metadata } }) => `${metadata.namespace}/${metadata.name}`);

const STORE = 'external-secrets/ClusterSecretStore.cluster.yaml';

describe('a cluster that holds components', () => {
  it.each([eks, kind])('renders every byte as before while nothing else changes: all of $name', (cluster) => {
    const components = new Set(before.get(cluster)!.objects.map(({ component }) => component));
    components.delete('applications');
    expect(components.size).toBeGreaterThan(15);
    expect(changed(cluster, render(cluster, [...components]))).toEqual([]);
  });

  it('keeps their files, whatever their values say, while the others follow theirs', () => {
    const { hello, ...others } = kind.settings.services;
    const change = {
      gateway: { ...kind.settings.gateway, replicas: 2 },
      services: { ...others, hello: { ...hello!, replicas: 3, env: { NEW: 'value' } } },
    };
    expect(changed(kind, render(kind, [], change))).toContain('hello');
    const after = render(kind, ['hello'], change);
    expect(changed(kind, after)).toContain('gateway');
    expect(folderOf(after, 'hello')).toEqual(folderOf(before.get(kind)!, 'hello'));
  });

  it.each([eks, kind])('has each volume of a held mongo once: $name', (cluster) => {
    const mongo = { ...cluster.settings.mongo, mongo: { ...cluster.settings.mongo!['mongo']!, memory: '1Gi' } };
    const after = render(cluster, ['mongo'], { mongo });
    const claims = names(after, 'PersistentVolumeClaim');
    expect(claims).toContain('mongo/data-mongo-0');
    expect(claims).toEqual(names(before.get(cluster)!, 'PersistentVolumeClaim'));
    expect(folderOf(after, 'mongo')).toEqual(folderOf(before.get(cluster)!, 'mongo'));
  });

  it('gives a held component access to the entries of the store that it reads, and its values do not', () => {
    const { hello, ...others } = kind.settings.services;
    const services = { ...others, hello: { replicas: 1 } as typeof hello & object };
    expect(render(kind, [], { services }).files.get(STORE)).not.toContain('- hello');
    expect(render(kind, ['hello'], { services }).files.get(STORE)).toContain('- hello');
  });

  it('does not render without what a held component needs, and names both', () => {
    const { analytics: _, ...mongo } = eks.settings.mongo!;
    const { reports, ...others } = eks.settings.services;
    const change = { mongo, services: { ...others, reports: { ...reports!, database: undefined } } };
    expect(() => render(eks, [], change)).not.toThrow();
    expect(() => render(eks, ['reports'], change)).toThrow(/reports[^]*mongo-analytics/);
  });

  it('does not render a volume that the schedules of a held Velero leave out', () => {
    const mongo = { ...kind.settings.mongo, archive: kind.settings.mongo!['mongo']! };
    expect(() => render(kind, [], { mongo })).not.toThrow();
    expect(() => render(kind, ['velero'], { mongo })).toThrow(
      /^volume "dump" of StatefulSet mongo-archive\/mongo-archive-dump is in no backup/,
    );
  });

  it('does not render what it holds of definitions, or of nothing', () => {
    expect(() => render(eks, ['gateway-api-crds'])).toThrow(
      'the component gateway-api-crds has no objects that could be held',
    );
    expect(() => render(eks, ['legder'])).toThrow('did you mean "ledger"?');
  });
});
