import type { Entry } from './model.ts';

/** What is a cluster's own in what it renders: replaced before changes of clusters are compared. */
export interface Own {
  readonly cluster: string;
  /** `{ domain: 'staging.example.com', 'facts.accountId': '…' }` */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * One entry for one change, in however many clusters; the clusters that differ in anything keep their own. Two are the
 * same if they read the same, or would if both clusters had one name, one domain and one account.
 */
export class Groups {
  // First by what they read, so that a cluster whose name is a common word is not odd.
  readonly #alike = new Map<string, Entry>();

  /** Entries of the next cluster: what earlier ones have, too, is kept once. */
  add(entries: readonly Entry[]): void {
    for (const entry of entries) merge(this.#alike, textOf(entry), entry);
  }

  /** @param owns of every cluster that has an entry */
  entries(owns: readonly Own[]): Entry[] {
    const own = new Map(owns.map((one) => [one.cluster, normaliserOf(one)]));
    const groups = new Map<string, Entry>();
    for (const [text, entry] of this.#alike) merge(groups, own.get(entry.clusters[0] ?? '')?.(text) ?? text, entry);
    return [...groups.values()];
  }
}

function merge(groups: Map<string, Entry>, key: string, entry: Entry): void {
  const first = groups.get(key);
  if (first) first.clusters.push(...entry.clusters);
  else groups.set(key, { ...entry, clusters: [...entry.clusters] });
}

function textOf(entry: Entry): string {
  return JSON.stringify({ ...entry, clusters: [] });
}

/** Replaces a cluster's own values in a text, the longest first; its name only as a word of its own: not in `svc.cluster.local`. */
export function normaliserOf({ cluster, values }: Own): (text: string) => string {
  const tokens = Object.entries(values)
    .filter(([, value]) => value.length >= 6)
    .toSorted(([, a], [, b]) => b.length - a.length);
  const name = new RegExp(String.raw`(?<![\w.-])${escaped(cluster)}(?![\w.])`, 'g');
  return (text) =>
    tokens.reduce((now, [key, value]) => now.replaceAll(value, `‹${key}›`), text).replaceAll(name, '‹cluster›');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
