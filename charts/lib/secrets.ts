import type { Component } from '../component.ts';
import { lazy } from './lazy.ts';
import type { ExternalSecret, Password, PushSecret } from './types/external-secrets.ts';

/** The interface of the cluster's secret store to components. */
export interface SecretStore {
  /** Name of the ClusterSecretStore. */
  readonly name: string;
  /** Prefix of every name in the store, so that clusters can share one. */
  readonly keyPrefix: string;
  /** Regions to which the store copies what is written to it. @default none */
  readonly replicaRegions?: readonly string[];
  /**
   * A secret that people keep in the store.
   *
   * @param name as the cluster declares it, in `secrets`
   * @param reader what reads it, for the message: `services.hello`
   * @throws Fault if the cluster does not declare it
   */
  given(name: string, reader?: string): GivenSecret;
}

/** An entry of the store, with several keys. */
export interface StoreEntry {
  /** Its name in the store: letters, digits and hyphens, which every store accepts. */
  readonly remoteKey: string;
}

/** An entry whose values are generated in the cluster. */
export interface StoredSecret extends StoreEntry {
  readonly keys: readonly string[];
}

/** An entry that people keep in the store. Which keys it must have follows from what reads it. */
export interface GivenSecret extends StoreEntry {
  /** Its name in the cluster file. */
  readonly name: string;
}

/** A secret to generate. */
export interface GeneratedSecretProps {
  /** Name within the component; in the store it is prefixed with the component's name. */
  readonly name: string;
  /**
   * An independent value is generated for each key. A key that is added later gets no value, because existing entries
   * of the store are never changed: generate another secret for it.
   */
  readonly keys: readonly string[];
  /** Length in characters. Values are letters and digits only, so that URLs need no escaping. @default 40 */
  readonly length?: number;
}

/**
 * Generates a secret in the cluster and writes it to the store once. An existing entry of the store is never changed,
 * even if the component is removed or the cluster rebuilt, because databases keep the passwords they were created with.
 */
export function generateSecret(component: Component, store: SecretStore, props: GeneratedSecretProps): StoredSecret {
  const { name, keys, length = 40 } = props;
  const remoteKey = `${store.keyPrefix}${component.name}-${name}`;
  component.add<Password>({
    apiVersion: 'generators.external-secrets.io/v1alpha1',
    kind: 'Password',
    metadata: { name },
    spec: { length, digits: Math.floor(length / 4), symbols: 0, noUpper: false, allowRepeat: true, secretKeys: keys },
  });
  component.add<PushSecret>({
    apiVersion: 'external-secrets.io/v1alpha1',
    kind: 'PushSecret',
    metadata: { name },
    spec: {
      secretStoreRefs: [{ kind: 'ClusterSecretStore', name: store.name }],
      updatePolicy: 'IfNotExists',
      deletionPolicy: 'None',
      refreshInterval: '0s',
      selector: { generatorRef: { apiVersion: 'generators.external-secrets.io/v1alpha1', kind: 'Password', name } },
      // One entry for all keys: with IfNotExists, the Azure and AWS providers check only that the name exists.
      data: [{ match: { remoteRef: { remoteKey } }, metadata: replication(store) }],
    },
  });
  return { remoteKey, keys };
}

/** Has the store copy the entry to other regions when it is created. */
function replication({ replicaRegions = [] }: SecretStore): PushSecret['spec']['data'][number]['metadata'] {
  if (replicaRegions.length === 0) return undefined;
  return {
    apiVersion: 'kubernetes.external-secrets.io/v1alpha1',
    kind: 'PushSecretMetadata',
    spec: { replicationLocations: replicaRegions },
  };
}

/** Content of a Secret. */
export interface SecretTemplate {
  /** Stored values by their name in the templates: letters, digits and underscores. */
  readonly values: Readonly<Record<string, { readonly secret: StoreEntry; readonly key: string }>>;
  /** Keys of the Secret, as Go templates over the values: `{{ .password }}`. @default each value under its own name */
  readonly templates?: Readonly<Record<string, string>>;
  /** Type of the Secret. @default Opaque */
  readonly type?: 'kubernetes.io/dockerconfigjson';
}

/**
 * Adds an ExternalSecret that creates a Secret from stored values and keeps it up to date.
 *
 * @param view the content; a function is evaluated when the object is rendered
 * @returns the name of the Secret
 */
export function syncSecret(
  component: Component,
  store: SecretStore,
  name: string,
  view: SecretTemplate | (() => SecretTemplate),
): string {
  const read = typeof view === 'function' ? view : () => view;
  component.add<ExternalSecret>({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: lazy(() => externalSecret(store, name, read())),
  });
  return name;
}

/**
 * Adds a Secret with the credentials of a container registry, for `imagePullSecrets`; once in a component.
 *
 * @param name the entry that people keep in the store; its key `config` is the content of Docker's `config.json`, as
 *   `docker login` writes it without a credential helper: `{"auths": {"registry.example.com": {"auth": "…"}}}`
 * @returns the name of the Secret
 * @throws Fault if the cluster does not declare the entry
 */
export function pullSecret(component: Component, store: SecretStore, name: string): string {
  return syncSecret(component, store, `${name}-pull`, {
    type: 'kubernetes.io/dockerconfigjson',
    values: { config: { secret: store.given(name, `component ${component.name}`), key: 'config' } },
    templates: { '.dockerconfigjson': '{{ .config }}' },
  });
}

function externalSecret(
  store: SecretStore,
  name: string,
  { values, templates, type }: SecretTemplate,
): ExternalSecret['spec'] {
  const data = templates ?? Object.fromEntries(Object.keys(values).map((key) => [key, `{{ .${key} }}`]));
  return {
    secretStoreRef: { kind: 'ClusterSecretStore', name: store.name },
    refreshInterval: '1h',
    target: {
      name,
      creationPolicy: 'Owner',
      deletionPolicy: 'Retain',
      template: { engineVersion: 'v2', ...(type && { type }), data },
    },
    data: Object.entries(values).map(([secretKey, { secret, key }]) => ({
      secretKey,
      remoteRef: { key: secret.remoteKey, property: key },
    })),
  };
}
