import { beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../charts/cluster.ts';
import type { Cluster } from '../../charts/cluster-file.ts';
import { at, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { repository } from '../fleets/repository.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';

const CLUSTER = 'test-kind';

let cluster: Cluster;
beforeAll(async () => {
  cluster = (await loadTestFleet()).find(({ name }) => name === CLUSTER)!;
}, 60_000);

/** The objects of the cluster with some registries, by component. */
function rendered(
  registries: Record<string, string>,
  secrets = ['smtp', 'registry', 'mirror'],
): Map<string, readonly Manifest[]> {
  const settings = { ...cluster.settings, secrets, registries };
  const components = compose({ ...cluster, settings }, repository);
  return new Map(components.map((component) => [component.name, manifestsOf(component).manifests]));
}

/** The Secrets that an object pulls by. */
function pullsBy(objects: readonly Manifest[] | undefined, kind: string, name?: string): unknown {
  const object = objects?.find((one) => one.kind === kind && one.metadata.name === (name ?? one.metadata.name));
  return at(object, 'spec', 'template', 'spec', 'imagePullSecrets') ?? at(object, 'spec', 'imagePullSecrets');
}

function secretsOf(objects: readonly Manifest[] | undefined): string[] {
  return (objects ?? [])
    .filter((one) => one.kind === 'ExternalSecret' && textAt(one, 'spec', 'target', 'template', 'type') !== undefined)
    .map(({ metadata }) => metadata.name);
}

describe('registries that want a login', () => {
  it('have the pods of components pull by a Secret, and no others', () => {
    const objects = rendered({ 'registry.example.net/ledger': 'registry' });
    expect(pullsBy(objects.get('ledger'), 'Deployment')).toEqual([{ name: 'registry-pull' }]);
    expect(secretsOf(objects.get('ledger'))).toEqual(['registry-pull']);
    expect(pullsBy(objects.get('gateway'), 'Deployment')).toBeUndefined();
    expect(secretsOf(objects.get('gateway'))).toEqual([]);
  });

  it('begin at a part of the path, and the longer beginning counts', () => {
    const objects = rendered({ 'registry.example.net': 'mirror', 'registry.example.net/ledger': 'registry' });
    expect(pullsBy(objects.get('ledger'), 'Deployment')).toEqual([{ name: 'registry-pull' }]);
    expect(() => rendered({ 'registry.example.net/led': 'registry' })).toThrow(
      'no image of the cluster begins with "registry.example.net/led"',
    );
  });

  it('leave alone what names a Secret itself', () => {
    const objects = rendered({ 'registry.example.net': 'mirror' });
    expect(pullsBy(objects.get('hello'), 'Deployment')).toEqual([{ name: 'registry-pull' }]);
    expect(secretsOf(objects.get('hello'))).toEqual(['registry-pull']);
  });

  it('are those of operators and of sources of others, too', () => {
    const [source] = Object.keys(cluster.settings.manifests);
    const objects = rendered({});
    const image = listAt(
      objects.get(source!)?.find(({ kind }) => kind === 'Deployment'),
      'spec',
      'template',
      'spec',
      'containers',
    ).map((container) => textAt(container, 'image') ?? '')[0]!;
    const name = image.replace(/[@:][^/]*$/, '');
    const pulling = rendered({ 'quay.io/prometheus/prometheus': 'mirror', [name]: 'registry' });
    expect(pullsBy(pulling.get('prometheus'), 'Prometheus')).toEqual([{ name: 'mirror-pull' }]);
    expect(secretsOf(pulling.get('prometheus'))).toEqual(['mirror-pull']);
    expect(pullsBy(pulling.get(source!), 'Deployment')).toEqual([{ name: 'registry-pull' }]);
    expect(secretsOf(pulling.get(source!))).toEqual(['registry-pull']);
  });
});
