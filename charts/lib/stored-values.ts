import type { Component } from '../component.ts';
import { forSetting, type Problem } from '../fault.ts';
import { pullSecret, type SecretStore, syncSecret } from './secrets.ts';

/** The setting that refers to an entry of the secret store. */
type Setting = Problem['setting'];

/** Entries of the secret store that the settings of a component's workloads refer to. */
interface StoredValues {
  /** Keys that are read, with the setting that names each, by entry. */
  readonly keys: Map<string, Map<string, Setting>>;
  /** Entries with the credentials of a registry. */
  readonly registries: Map<string, Setting>;
}

/** Settings refer to an entry before the component that syncs it exists, so the references are collected first. */
const VALUES = new WeakMap<Component, StoredValues>();

/** Refers to a key of an entry of the secret store. @returns the Secret that will hold it */
export function storedValue(
  component: Component,
  entry: string,
  key: string,
  setting: Setting,
): { readonly name: string; readonly key: string } {
  const { keys } = valuesOf(component);
  keys.set(entry, (keys.get(entry) ?? new Map<string, Setting>()).set(key, setting));
  return { name: secretName(entry), key };
}

/** Refers to an entry with the credentials of a registry. @returns the name of the Secret that will hold it */
export function storedRegistry(component: Component, entry: string, setting: Setting): string {
  valuesOf(component).registries.set(entry, setting);
  return `${entry}-pull`;
}

/**
 * Adds the Secrets that the settings of a component's workloads refer to.
 *
 * @throws Fault naming the setting if the cluster does not declare an entry
 */
export function syncStoredValues(component: Component, store: SecretStore): void {
  const { keys, registries } = valuesOf(component);
  for (const [entry, read] of keys) {
    const [setting] = read.values();
    forSetting(setting, () => syncValues(component, store, entry, [...read.keys()]));
  }
  for (const [entry, setting] of registries) forSetting(setting, () => pullSecret(component, store, entry));
}

function syncValues(component: Component, store: SecretStore, entry: string, keys: readonly string[]): void {
  const secret = store.given(entry, `component ${component.name}`);
  syncSecret(component, store, secretName(entry), {
    values: Object.fromEntries(keys.map((key) => [key, { secret, key }])),
    // `index`, because keys may contain characters that `{{ .key }}` does not allow.
    templates: Object.fromEntries(keys.map((key) => [key, `{{ index . "${key}" }}`])),
  });
}

function secretName(entry: string): string {
  return `store-${entry}`;
}

function valuesOf(component: Component): StoredValues {
  const values = VALUES.get(component) ?? {
    keys: new Map<string, Map<string, Setting>>(),
    registries: new Map<string, Setting>(),
  };
  VALUES.set(component, values);
  return values;
}
