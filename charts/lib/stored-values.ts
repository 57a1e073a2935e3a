import type { Component } from '../component.ts';
import { pullSecret, type SecretStore, syncSecret } from './secrets.ts';

/** Entries of the secret store that the settings of a component's workloads refer to. */
interface StoredValues {
  /** Keys that are read, by entry. */
  readonly keys: Map<string, Set<string>>;
  /** Entries with the credentials of a registry. */
  readonly registries: Set<string>;
}

/** Settings refer to an entry before the component that syncs it exists, so the references are collected first. */
const VALUES = new WeakMap<Component, StoredValues>();

/** Refers to a key of an entry of the secret store. @returns the Secret that will hold it */
export function storedValue(
  component: Component,
  entry: string,
  key: string,
): { readonly name: string; readonly key: string } {
  const { keys } = valuesOf(component);
  keys.set(entry, (keys.get(entry) ?? new Set()).add(key));
  return { name: secretName(entry), key };
}

/** Refers to an entry with the credentials of a registry. @returns the name of the Secret that will hold it */
export function storedRegistry(component: Component, entry: string): string {
  valuesOf(component).registries.add(entry);
  return `${entry}-pull`;
}

/**
 * Adds the Secrets that the settings of a component's workloads refer to.
 *
 * @throws Fault if the cluster does not declare an entry
 */
export function syncStoredValues(component: Component, store: SecretStore): void {
  const { keys, registries } = valuesOf(component);
  for (const [entry, names] of keys) {
    const secret = store.given(entry, `component ${component.name}`);
    syncSecret(component, store, secretName(entry), {
      values: Object.fromEntries([...names].map((key) => [key, { secret, key }])),
      // `index`, because keys may contain characters that `{{ .key }}` does not allow.
      templates: Object.fromEntries([...names].map((key) => [key, `{{ index . "${key}" }}`])),
    });
  }
  for (const entry of registries) pullSecret(component, store, entry);
}

function secretName(entry: string): string {
  return `store-${entry}`;
}

function valuesOf(component: Component): StoredValues {
  const values = VALUES.get(component) ?? { keys: new Map(), registries: new Set() };
  VALUES.set(component, values);
  return values;
}
