import { type Change, pathOf } from '../charts/render/changes.ts';
import type { AppliedOverride } from '../charts/render/overrides.ts';
import { choose, countOf, renderClusters, type Workspace } from './synth.ts';

/** What is printed of a value, in characters. */
const WIDTH = 60;

/** What is printed of a long value before its first difference, in characters. */
const CONTEXT = 15;

/** `slipway overrides [CLUSTER…]`: what each override of these clusters changes, and why. */
export async function overrides(workspace: Workspace, asked: readonly string[]): Promise<string> {
  const texts: string[] = [];
  for await (const cluster of renderClusters(workspace, await choose(workspace, asked)))
    texts.push(
      'order' in cluster
        ? listing(cluster.name, cluster.overrides)
        : `${cluster.name}: ${'commit' in cluster ? `rendered by the code of ${cluster.commit.slice(0, 10)}: npx slipway overrides there lists them` : 'no facts.json yet: not rendered'}`,
    );
  return texts.join('\n');
}

/** The overrides of a cluster as text. */
export function listing(cluster: string, applied: readonly AppliedOverride[]): string {
  if (applied.length === 0) return `${cluster}: no overrides`;
  return [
    `${cluster}: ${countOf(applied.length, 'override')}`,
    ...applied.flatMap(({ object, because, changes, place }) => [
      `  ${object} (${place()})`,
      ...changes.map((change) => `    ${pathOf(change)}: ${difference(change)}`),
      `    because: ${because}`,
    ]),
  ].join('\n');
}

function difference({ before, after, inserted }: Change): string {
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
