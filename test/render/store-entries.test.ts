import { describe, expect, it } from 'vitest';
import { preinstalledOn } from '../../charts/cloud/cloud.ts';
import { EXTERNAL_SECRETS_UPSTREAM } from '../../charts/kinds/external-secrets.ts';
import { Definitions } from '../../charts/lib/definitions.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { deriveOrder, type Part } from '../../charts/order/order.ts';
import { keysOf, storeEntries } from '../../charts/render/store-entries.ts';
import { clusterOf } from '../lib/cluster-objects.ts';
import { storedSecretsWritten } from '../invariants/stored-secrets.ts';

const STORE: Manifest = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterSecretStore',
  metadata: { name: 'cluster' },
};

/** Reads keys of an entry; each in the namespace `web`, where another test gives none. */
function reader(name: string, entry: string, ...keys: string[]): Manifest {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: 'web' },
    spec: {
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'cluster' },
      data: keys.map((property) => ({ secretKey: property, remoteRef: { key: entry, property } })),
    },
  };
}

function writer(name: string, entry: string): Manifest {
  return {
    apiVersion: 'external-secrets.io/v1alpha1',
    kind: 'PushSecret',
    metadata: { name, namespace: 'web' },
    spec: { data: [{ match: { remoteRef: { remoteKey: entry } } }] },
  };
}

/** What a cluster with declared entries has before its first sync, with the namespace `web`. */
function before(...secrets: string[]): ReadonlySet<string> {
  const cloud = { preinstalled: ['|Namespace||web'], secretPrefix: 'test-' };
  return preinstalledOn({ cloud, settings: { secrets } });
}

const upstream = new Definitions(EXTERNAL_SECRETS_UPSTREAM, { version: 'v1', revision: 'v1' }).upstream;

/** Orders objects of one component. */
function order(preinstalled: ReadonlySet<string>, ...manifests: Manifest[]): ReturnType<typeof deriveOrder> {
  const parts: Part[] = [
    { name: upstream.name, manifests: [], provides: upstream.provides },
    { name: 'web', manifests: [STORE, ...manifests] },
  ];
  return deriveOrder(parts, preinstalled);
}

describe('entries of the store', () => {
  const entries = storeEntries([
    reader('one', 'test-smtp', 'username', 'password'),
    reader('two', 'test-smtp', 'password'),
    writer('made', 'test-web-made'),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'other' } },
  ]);

  it('are those that are read or written, by name', () => {
    expect([...entries.keys()]).toEqual(['test-smtp', 'test-web-made']);
  });

  it('have readers with their keys, and at most one writer', () => {
    const smtp = entries.get('test-smtp');
    expect([...(smtp?.readers ?? [])].map(([{ metadata }, keys]) => [metadata.name, keys])).toEqual([
      ['one', ['username', 'password']],
      ['two', ['password']],
    ]);
    expect(smtp && keysOf(smtp)).toEqual(['password', 'username']);
    expect(smtp?.writer).toBeUndefined();
    expect(entries.get('test-web-made')?.writer?.metadata.name).toBe('made');
  });
});

describe('the order', () => {
  it('has a declared entry from the start', () => {
    const external = reader('one', 'test-smtp', 'password');
    expect(order(before('smtp'), external).levels.get('web')).toBe(1);
  });

  it('reports an entry that is neither declared nor generated, and says what to do', () => {
    expect(() => order(before('oidc'), reader('one', 'test-smtp', 'password'))).toThrow(
      `ExternalSecret web/one needs the secret "test-smtp" of the cluster's secret store, which nothing on this cluster provides
  at:   component web, ExternalSecret web/one, spec.data[0]
  fix:  if people keep it in the store, declare it in "secrets" of the cluster file, without the prefix of the cluster; else generate it with generateSecret`,
    );
  });

  it('has no declared entry under its name without the prefix', () => {
    expect(() => order(before('smtp'), reader('one', 'smtp', 'password'))).toThrow(/needs the secret "smtp"/);
  });
});

describe('the invariant on entries that are read', () => {
  function check(preinstalled: ReadonlySet<string>, manifest: Manifest): string[] {
    const objects = [{ path: 'web/a.yaml', component: 'web', manifest }];
    return storedSecretsWritten.check(clusterOf({ objects, preinstalled }));
  }

  it('accepts any key of a declared one', () => {
    expect(check(before('smtp'), reader('one', 'test-smtp', 'password', 'anything'))).toEqual([]);
  });

  it('rejects the same if it is not declared', () => {
    expect(check(before('oidc'), reader('one', 'test-smtp', 'password'))).toEqual([
      'ExternalSecret web/one reads "test-smtp", which no PushSecret writes and nobody declares',
    ]);
  });
});
