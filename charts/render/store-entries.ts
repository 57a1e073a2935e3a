import { type Problem, throwIfAny } from '../fault.ts';
import { label, listAt, type Manifest, textAt } from '../lib/manifest.ts';

/** What a cluster's manifests do with an entry of its secret store. */
export interface StoreEntryUse {
  /** The PushSecret that generates and writes it. */
  readonly writer: Manifest | undefined;
  /** The ExternalSecrets that read it, with the keys that each of them reads. */
  readonly readers: ReadonlyMap<Manifest, readonly string[]>;
}

/** The entries that manifests write or read, by their full names. */
export function storeEntries(manifests: readonly Manifest[]): Map<string, StoreEntryUse> {
  const writers = new Map(manifests.filter(({ kind }) => kind === 'PushSecret').flatMap(written));
  const reads = manifests.filter(({ kind }) => kind === 'ExternalSecret').flatMap(readsOf);
  const names = [...new Set([...writers.keys(), ...reads.map(({ name }) => name)])].sort();
  return new Map(
    names.map((name) => [name, { writer: writers.get(name), readers: byReader(reads.filter((r) => r.name === name)) }]),
  );
}

/** The keys of an entry that somebody reads, sorted. */
export function keysOf({ readers }: StoreEntryUse): string[] {
  return [...new Set([...readers.values()].flat())].sort();
}

/**
 * Checks that every name in the secret store is written by one PushSecret. Names are joined with hyphens, so the user
 * `analytics-root` of `mongo` and the user `root` of `mongo-analytics` would share one, and with it a password.
 *
 * @throws Fault naming both writers
 */
export function checkWriters(manifests: readonly Manifest[]): void {
  const writers = new Map<string, Manifest>();
  const problems: Problem[] = [];
  for (const manifest of manifests.filter(({ kind }) => kind === 'PushSecret')) {
    for (const entry of listAt(manifest, 'spec', 'data')) {
      const name = textAt(entry, 'match', 'remoteRef', 'remoteKey') ?? '';
      const other = writers.get(name);
      if (other)
        problems.push({
          what: 'two secrets would have one name in the secret store',
          where: `${label(other)} and ${label(manifest)}`,
          seen: name,
          fix: 'rename one of the instances or services that it is made of',
        });
      writers.set(name, manifest);
    }
  }
  throwIfAny(problems);
}

/** Where a cluster's people keep entries: what a message about them needs. */
export interface DeclaredEntries {
  readonly cloud: { readonly secretPrefix: string };
  readonly settings: { readonly secrets: readonly string[] };
}

/**
 * Checks that no entry which people keep in the store has the name of one that the cluster generates: the generator
 * would take theirs for its own, and a database would be created with their value.
 *
 * @throws Fault naming the declaration and the PushSecret
 */
export function checkDeclared({ cloud, settings }: DeclaredEntries, manifests: readonly Manifest[]): void {
  const entries = storeEntries(manifests);
  throwIfAny(
    settings.secrets.flatMap((name, i): Problem[] => {
      const remoteKey = `${cloud.secretPrefix}${name}`;
      const writer = entries.get(remoteKey)?.writer;
      if (!writer) return [];
      return [
        {
          what: `"${name}" of "secrets" is also generated: ${label(writer)} writes "${remoteKey}" to the secret store`,
          setting: ['secrets', i],
          seen: name,
          fix: 'choose another name for the entry that people keep, or remove it from "secrets"',
        },
      ];
    }),
  );
}

/** A key of an entry, and the ExternalSecret that reads it. */
interface Read {
  readonly reader: Manifest;
  readonly name: string;
  readonly key: string;
}

function byReader(reads: readonly Read[]): Map<Manifest, string[]> {
  return new Map(
    reads.map(({ reader }) => [reader, reads.filter((read) => read.reader === reader).map(({ key }) => key)]),
  );
}

function written(push: Manifest): [string, Manifest][] {
  return listAt(push, 'spec', 'data').map((item) => [textAt(item, 'match', 'remoteRef', 'remoteKey') ?? '', push]);
}

function readsOf(reader: Manifest): Read[] {
  return listAt(reader, 'spec', 'data').map((item) => ({
    reader,
    name: textAt(item, 'remoteRef', 'key') ?? '',
    key: textAt(item, 'remoteRef', 'property') ?? '',
  }));
}
