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
export function grouped(entries: readonly Entry[], owns: readonly Own[]): Entry[] {
  const own = new Map(owns.map((one) => [one.cluster, normaliserOf(one)]));
  // First by what they read, so that a cluster whose name is a common word is not odd.
  const alike = merged(entries, textOf);
  return merged(alike, (entry) => own.get(entry.clusters[0] ?? '')?.(textOf(entry)) ?? textOf(entry));
}

function merged(entries: readonly Entry[], keyOf: (entry: Entry) => string): Entry[] {
  const groups = new Map<string, Entry>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const first = groups.get(key);
    groups.set(key, first ? { ...first, clusters: [...first.clusters, ...entry.clusters] } : entry);
  }
  return [...groups.values()];
}

function textOf(entry: Entry): string {
  return JSON.stringify({ ...entry, clusters: [] });
}

/** Replaces a cluster's own values, the longest first; its name only as a word of its own: not in `svc.cluster.local`. */
function normaliserOf({ cluster, values }: Own): (text: string) => string {
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
