import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { capability } from '../../../charts/kinds/kind.ts';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import { isReady } from '../conditions.ts';
import type { Kind } from '../mirror.ts';
import { type Cluster, type Condition, runs, setConditions, type StandIn } from './stand-in.ts';

const IMAGE = 'external-secrets/external-secrets:';

/**
 * Stands in for External Secrets' controller, with an in-memory secret store: PushSecrets write to it, ExternalSecrets
 * read from it. A value is derived from its name, so that a rebuilt cluster gets the same values, as from a cloud's
 * store. People's entries are there from the start: any key of one that the cluster declares has a value.
 */
export class ExternalSecretsStandIn implements StandIn {
  private readonly cluster: Cluster;
  private readonly store = new Map<string, Readonly<Record<string, string>>>();
  private readonly preinstalled: ReadonlySet<string>;

  constructor(cluster: Cluster, preinstalled: ReadonlySet<string>) {
    this.cluster = cluster;
    this.preinstalled = preinstalled;
  }

  async reconcile(): Promise<void> {
    const { mirror } = this.cluster;
    if (!runs(mirror, IMAGE, 'webhook')) return;
    for (const store of mirror.all('secretStores'))
      await this.setReady('secretStores', store, 'True', 'Valid', 'store validated');
    for (const push of mirror.all('pushSecrets')) await this.push(push);
    for (const secret of mirror.all('externalSecrets')) await this.fetch(secret);
  }

  private async push(push: Live): Promise<void> {
    const generator = textAt(push, 'spec', 'selector', 'generatorRef', 'name') ?? '';
    const password = this.cluster.mirror.one('passwords', push.metadata.namespace, generator);
    const refused =
      this.refusalOf(textAt(push, 'spec', 'secretStoreRefs', 0, 'name'), push) ??
      (password ? undefined : `no generator ${generator}`);
    if (refused) return this.setReady('pushSecrets', push, 'False', 'Errored', refused);
    const keys = listAt(password, 'spec', 'secretKeys').map(String);
    for (const item of listAt(push, 'spec', 'data')) {
      const remoteKey = textAt(item, 'match', 'remoteRef', 'remoteKey') ?? '';
      if (!this.store.has(remoteKey))
        this.store.set(
          remoteKey,
          Object.fromEntries((keys.length > 0 ? keys : ['password']).map((key) => [key, valueOf(remoteKey, key)])),
        );
    }
    await this.setReady('pushSecrets', push, 'True', 'Synced', 'PushSecret synced successfully');
  }

  private async fetch(secret: Live): Promise<void> {
    const refused = this.refusalOf(textAt(secret, 'spec', 'secretStoreRef', 'name'), secret);
    const values = refused ? undefined : this.values(secret);
    if (!values)
      return this.setReady(
        'externalSecrets',
        secret,
        'False',
        'SecretSyncedError',
        refused ?? 'could not get secret data from provider',
      );
    const { api } = this.cluster;
    const target = {
      name: textAt(secret, 'spec', 'target', 'name') ?? secret.metadata.name,
      namespace: secret.metadata.namespace,
    };
    const { apiVersion, kind, metadata } = secret;
    const manifest = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        ...target,
        ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true }],
      },
      type: textAt(secret, 'spec', 'target', 'template', 'type') ?? 'Opaque',
      data: Object.fromEntries(
        Object.entries(this.fill(secret, values)).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
      ),
    };
    const known = this.cluster.mirror.one('secrets', target.namespace, target.name);
    if (!isDeepStrictEqual(known?.['data'], manifest.data)) await api.apply(manifest, { manager: 'external-secrets' });
    await this.setReady('externalSecrets', secret, 'True', 'SecretSynced', 'secret synced');
  }

  /** Values from the store by key in the Secret, or undefined if one is missing. */
  private values(secret: Live): Record<string, string> | undefined {
    const found: Record<string, string> = {};
    for (const item of listAt(secret, 'spec', 'data')) {
      const name = textAt(item, 'remoteRef', 'key') ?? '';
      const key = textAt(item, 'remoteRef', 'property') ?? '';
      const value = this.store.get(name)?.[key] ?? this.given(secret, name, key);
      if (value === undefined) return undefined;
      found[textAt(item, 'secretKey') ?? ''] = value;
    }
    return found;
  }

  /** What people put there, or undefined if nobody declares the entry. */
  private given(secret: Live, name: string, key: string): string | undefined {
    if (!this.preinstalled.has(capability.remoteSecret(name))) return undefined;
    // The API server validates this type of Secret.
    const docker = textAt(secret, 'spec', 'target', 'template', 'type') === 'kubernetes.io/dockerconfigjson';
    if (docker) return '{"auths":{}}';
    // What reads an address refuses anything else.
    return key === 'url' ? `https://given.example.net/${valueOf(name, key)}` : valueOf(name, key);
  }

  private fill(secret: Live, values: Readonly<Record<string, string>>): Record<string, string> {
    const templates = at(secret, 'spec', 'target', 'template', 'data') as Readonly<Record<string, string>> | undefined;
    if (!templates) return { ...values };
    const pattern = /\{\{\s*(?:\.(\w+)|index \. "([^"]+)")[^}]*\}\}/g;
    return Object.fromEntries(
      Object.entries(templates).map(([key, text]) => [
        key,
        text.replaceAll(
          pattern,
          (_, dotted?: string, indexed?: string) => values[dotted ?? indexed ?? ''] ?? '<no value>',
        ),
      ]),
    );
  }

  /** Why a store does not admit an object, or undefined if it does. */
  private refusalOf(name: string | undefined, { metadata }: Live): string | undefined {
    const store = this.cluster.mirror.one('secretStores', undefined, name ?? '');
    if (!store) return `could not get ClusterSecretStore "${name}"`;
    const conditions = listAt(store, 'spec', 'conditions');
    if (conditions.length > 0 && !conditions.some((c) => listAt(c, 'namespaces').includes(metadata.namespace)))
      return `ClusterSecretStore "${name}" is not for namespace "${metadata.namespace}"`;
    return isReady(store) ? undefined : `ClusterSecretStore "${name}" is not ready`;
  }

  private setReady(
    kind: Kind,
    object: Live,
    status: Condition['status'],
    reason: string,
    message: string,
  ): Promise<void> {
    return setConditions(this.cluster, kind, object, [{ type: 'Ready', status, reason, message }]);
  }
}

function valueOf(remoteKey: string, key: string): string {
  return createHash('sha256').update(`${remoteKey}/${key}`).digest('hex').slice(0, 40);
}
