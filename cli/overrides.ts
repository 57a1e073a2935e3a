import { type Change, pathOf } from '../charts/render/changes.ts';
import type { AppliedOverride } from '../charts/render/overrides.ts';
import { type Shown, shownAs } from './output.ts';
import { choose, countOf, renderClusters, type Workspace } from './synth.ts';

/** What is printed of a value, in characters. */
const WIDTH = 60;

/** What is printed of a long value before its first difference, in characters. */
const CONTEXT = 15;

/** What overrides change, by cluster. */
export interface Overrides {
  readonly clusters: readonly OfCluster[];
}

interface OfCluster {
  readonly name: string;
  readonly overrides: readonly Override[];
  /** Why they are not known. */
  readonly unknown?: string;
}

interface Override {
  readonly object: string;
  readonly because: string;
  /** The file and line that says it. */
  readonly file: string;
  readonly changes: readonly FieldChange[];
}

type FieldChange = Omit<Change, 'steps'> & { readonly field: string };

/** `slipway overrides [CLUSTER…]`: what each override of these clusters changes, and why. */
export async function overrides(workspace: Workspace, asked: readonly string[], shown: Shown = {}): Promise<string> {
  const clusters: OfCluster[] = [];
  for await (const cluster of renderClusters(workspace, await choose(workspace, asked)))
    clusters.push(
      'order' in cluster
        ? overridesOf(cluster.name, cluster.overrides)
        : { name: cluster.name, overrides: [], unknown: reasonOf(cluster) },
    );
  return shownAs({ clusters }, (found: Overrides) => found.clusters.map(listing).join('\n'), shown);
}

function reasonOf(cluster: object): string {
  return 'commit' in cluster
    ? `rendered by the code of ${String(cluster.commit).slice(0, 10)}: npx slipway overrides there lists them`
    : 'no facts.json yet: not rendered';
}

/** The overrides of a cluster. */
export function overridesOf(name: string, applied: readonly AppliedOverride[]): OfCluster {
  return {
    name,
    overrides: applied.map(({ object, because, changes, place }) => ({
      object,
      because,
      file: place(),
      changes: changes.map(({ steps, ...change }) => ({ field: pathOf({ steps }), ...change })),
    })),
  };
}

/** The overrides of a cluster as text. */
export function listing({ name, overrides: applied, unknown }: OfCluster): string {
  if (unknown !== undefined) return `${name}: ${unknown}`;
  if (applied.length === 0) return `${name}: no overrides`;
  return [
    `${name}: ${countOf(applied.length, 'override')}`,
    ...applied.flatMap(({ object, because, changes, file }) => [
      `  ${object} (${file})`,
      ...changes.map((change) => `    ${change.field}: ${difference(change)}`),
      `    because: ${because}`,
    ]),
  ].join('\n');
}

function difference({ before, after, inserted }: FieldChange): string {
  const [old = '', now = ''] = shortened([before, after].map((value) => JSON.stringify(value) ?? '(absent)'));
  return inserted ? `inserted ${now}` : `${old} → ${now}`;
}

/** Long texts, from shortly before their first difference. */
function shortened(texts: readonly string[]): string[] {
  const [one = '', two = ''] = texts;
  const same = one.split('').findIndex((character, i) => character !== two[i]);
  const start = one.length > WIDTH || two.length > WIDTH ? Math.max(0, same - CONTEXT) : 0;
  return texts.map((text) => {
    const end = text.length > start + WIDTH ? start + WIDTH : text.length;
    return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
  });
}
