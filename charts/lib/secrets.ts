import type { Component } from '../component.ts';
import { lazy } from './lazy.ts';
import type { ExternalSecret, Password, PushSecret } from './types/external-secrets.ts';

/** The cluster's secret store, as components see it. */
export interface SecretStore {
  /** Name of the ClusterSecretStore. */
  readonly name: string;
  /** Put before every name in the store, so that clusters can share one. */
  readonly keyPrefix: string;
  /** Lets a namespace use the store. */
  admit(namespace: string): void;
}

/** A secret that lies in the store: values by key. */
export interface StoredSecret {
  /** Its name in the store: letters, digits and hyphens, which every store takes. */
  readonly remoteKey: string;
  readonly keys: readonly string[];
}

/** What to generate. */
export interface GeneratedSecretProps {
  /** Name within the component; the store has it behind the component's. */
  readonly name: string;
  /**
   * One independent value is generated for each. A key that is added later gets none, because what lies in the store
   * stays as it is: generate another secret for it.
   */
  readonly keys: readonly string[];
  /** Characters, letters and digits only, so that a value stands in a URL as it is. @default 40 */
  readonly length?: number;
}

/**
 * Generates a secret in the cluster and writes it to the store, once: what is in the store already stays, through
 * syncs, removed components and rebuilt clusters, because databases keep the passwords they were made with.
 */
export function generateSecret(component: Component, store: SecretStore, props: GeneratedSecretProps): StoredSecret {
  const { name, keys, length = 40 } = props;
  const remoteKey = `${store.keyPrefix}${component.name}-${name}`;
  store.admit(component.namespace ?? component.name);
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
      // One entry for the whole secret: Azure and AWS look for the name alone when they decide whether it exists.
      data: [{ match: { remoteRef: { remoteKey } } }],
    },
  });
  return { remoteKey, keys };
}

/** What a Secret is made of. */
export interface SecretView {
  /** Values by the name that the templates call them: letters, digits and underscores. */
  readonly values: Readonly<Record<string, { readonly secret: StoredSecret; readonly key: string }>>;
  /** The Secret's keys, as Go templates over the values: `{{ .password }}`. @default each value under its own name */
  readonly templates?: Readonly<Record<string, string>>;
}

/**
 * Makes a Secret out of stored values, and keeps it up to date; gives its name.
 *
 * @param view a function is asked when the Secret is rendered
 */
export function viewSecret(
  component: Component,
  store: SecretStore,
  name: string,
  view: SecretView | (() => SecretView),
): string {
  store.admit(component.namespace ?? component.name);
  const read = typeof view === 'function' ? view : () => view;
  component.add<ExternalSecret>({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: lazy(() => externalSecret(store, name, read())),
  });
  return name;
}

function externalSecret(store: SecretStore, name: string, { values, templates }: SecretView): ExternalSecret['spec'] {
  const data = templates ?? Object.fromEntries(Object.keys(values).map((key) => [key, `{{ .${key} }}`]));
  return {
    secretStoreRef: { kind: 'ClusterSecretStore', name: store.name },
    refreshInterval: '1h',
    target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain', template: { engineVersion: 'v2', data } },
    data: Object.entries(values).map(([secretKey, { secret, key }]) => ({
      secretKey,
      remoteRef: { key: secret.remoteKey, property: key },
    })),
  };
}
