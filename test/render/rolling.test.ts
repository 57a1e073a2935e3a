import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Cluster, ClusterSettings } from '../../charts/cluster-file.ts';
import { at, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { ON_CHANGE, RELOADED_SECRETS } from '../../charts/lib/on-change.ts';
import { CHECKSUM } from '../../charts/lib/rolls.ts';
import type { Override } from '../../charts/overrides.ts';
import { renderCluster, type RenderedCluster } from '../../charts/render/render.ts';
import { repository } from '../fleets/repository.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';

const fleet = await loadTestFleet();
const SAMPLE = existsSync(join(import.meta.dirname, '..', '..', 'charts', 'components', 'postfacto'));

function cluster(name: string, change: Partial<ClusterSettings> = {}): Cluster {
  const found = fleet.find((one) => one.name === name)!;
  return { ...found, settings: { ...found.settings, ...change } };
}

function overridden(object: string, patch: Override['patch']): RenderedCluster {
  return renderCluster(cluster('test-aks', { overrides: [{ object, patch, because: 'a test' }] }), repository);
}

const original = renderCluster(cluster('test-aks'), repository);

function find({ objects }: RenderedCluster, kind: string, name: string): Manifest {
  return objects.find(({ manifest }) => manifest.kind === kind && manifest.metadata.name === name)!.manifest;
}

/** The files that differ between two renderings. */
function changed(after: RenderedCluster): string[] {
  return [...after.files].filter(([path, text]) => original.files.get(path) !== text).map(([path]) => path);
}

function checksum(manifest: Manifest): string | undefined {
  return textAt(manifest, 'spec', 'template', 'metadata', 'annotations', CHECKSUM);
}

describe('a ConfigMap that an override changes', () => {
  it('changes the pod templates of its readers, and no other file', () => {
    const after = overridden('ConfigMap gateway/own-secrets', { data: { 'own-secrets.yaml': '{}' } });
    expect(changed(after).sort()).toEqual(['gateway/ConfigMap.own-secrets.yaml', 'gateway/Deployment.gateway.yaml']);
    expect(checksum(find(after, 'Deployment', 'gateway'))).toMatch(/^[0-9a-f]{16}$/);
  });

  it('changes no pod template of a program that watches it', () => {
    const after = overridden('ConfigMap mongo/mongo-dump', { data: { 'dump.sh': 'exit 1' } });
    expect(changed(after)).toEqual(['mongo/ConfigMap.mongo-dump.yaml']);
  });

  it('changes the pod template of a program that reads it by the API at its start', () => {
    const after = overridden('ConfigMap velero/node-agent', { data: { config: '{}' } });
    expect(changed(after).sort()).toEqual(['velero/ConfigMap.node-agent.yaml', 'velero/DaemonSet.node-agent.yaml']);
  });

  it('leaves the template of a Job alone, which is immutable', () => {
    expect(checksum(find(original, 'Job', 'mongo-setup'))).toBeUndefined();
  });
});

describe('Secrets', () => {
  it.each([
    ['Deployment', 'ledger', 'ledger-mongo'],
    ['StatefulSet', 'mongo', 'mongo-exporter,mongo-tls'],
    ['StatefulSet', 'mongo-dump', undefined],
    ['Deployment', 'external-secrets-webhook', undefined],
    ['Job', 'mongo-setup', undefined],
  ])('of %s %s that roll it: %s', (kind, name, secrets) => {
    expect(find(original, kind, name).metadata.annotations?.[RELOADED_SECRETS]).toBe(secrets);
  });

  // A sample that a fork may have removed.
  it.runIf(SAMPLE).each([
    ['Deployment', 'postfacto-stable', 'postfacto'],
    ['Deployment', 'postfacto-valkey', 'postfacto-valkey'],
    // A changed superuser's password does nothing to a database that is already initialized.
    ['StatefulSet', 'postfacto-postgres', 'postfacto-postgres-exporter'],
  ])('of %s %s that roll it: %s', (kind, name, secrets) => {
    expect(find(original, kind, name).metadata.annotations?.[RELOADED_SECRETS]).toBe(secrets);
  });

  it('of the settings roll too, but not the credentials of a registry', () => {
    const kind = renderCluster(cluster('test-kind'), repository);
    expect(find(kind, 'Deployment', 'hello').metadata.annotations?.[RELOADED_SECRETS]).toBe('store-smtp');
  });

  it('are watched by Reloader in the namespaces of their readers alone', () => {
    const [namespaces] = at(find(original, 'Deployment', 'reloader'), ...CONTAINER, 'args') as string[];
    const readers = ['grafana', 'ledger', 'mongo', ...(SAMPLE ? ['postfacto'] : [])];
    expect(namespaces).toBe(`--namespaces=${readers.join()}`);
    const roles = original.objects.filter(({ path }) => path.startsWith('reloader/Role.'));
    expect(roles.map(({ manifest }) => manifest.metadata.namespace)).toEqual(readers);
    expect(original.objects.filter(({ path }) => path.startsWith('reloader/Cluster'))).toEqual([]);
  });

  it('that nobody reads need no Reloader', () => {
    const bare = { mongo: undefined, postfacto: undefined, services: {}, externalDns: undefined, grafana: undefined };
    const { objects } = renderCluster(cluster('test-aks', bare), repository);
    expect(objects.filter(({ component }) => component === 'reloader')).toEqual([]);
  });
});

const CONTAINER = ['spec', 'template', 'spec', 'containers', 0] as const;

describe('a statement of the settings', () => {
  const hello = (stated: string): RenderedCluster => {
    const { services } = cluster('test-kind').settings;
    const own = { ...services['hello']!, annotations: { [ON_CHANGE]: stated } };
    return renderCluster(cluster('test-kind', { services: { ...services, hello: own } }), repository);
  };

  it('joins those of the component', () => {
    const after = hello('{"Secret/store-smtp":{"watches":"it reads the file for each message"}}');
    expect(find(after, 'Deployment', 'hello').metadata.annotations).not.toHaveProperty([RELOADED_SECRETS]);
  });

  it.each(['watches', '{"Secret/store-smtp":{"watches":""}}', '{"smtp":"roll"}', '{"Secret/store-smtp":true}'])(
    'that is %s is refused',
    (stated) => expect(() => hello(stated)).toThrow(/the annotation slipway.dev\/on-change cannot be read/),
  );
});

it('a statement about a Secret that the pods do not read is refused', () => {
  const patch = {
    metadata: { annotations: { [ON_CHANGE]: '{"Secret/mongo-kez":{"watches":"it looks at the file"}}' } },
  };
  expect(() => overridden('StatefulSet mongo/mongo', patch)).toThrow(
    /StatefulSet mongo\/mongo states what a change of Secret\/mongo-kez means, which its pods do not read/,
  );
});
