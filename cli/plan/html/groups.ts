import type { Entry, Verdict } from '../../../charts/plan/model.ts';
import { entryOf } from './entry.ts';
import { markup, type Markup } from './markup.ts';

/** Objects with these are no longer in Git; Argo CD prunes them last, in reverse order. */
const PRUNED: ReadonlySet<Verdict> = new Set<Verdict>(['delete', 'cascade', 'confirm', 'kept']);

interface Group {
  readonly title: string;
  readonly application: number;
  readonly entries: { readonly entry: Entry; readonly index: number }[];
}

/** All entries in their order, under the Application that syncs them, and within it under waves. */
export function groupsOf(entries: readonly Entry[]): Markup[] {
  const groups = new Map<string, Group>();
  entries.forEach((entry, index) => {
    const { application, wave, verdict } = entry;
    const key = JSON.stringify([application, wave[0], PRUNED.has(verdict)]);
    const group = groups.get(key) ?? {
      title: PRUNED.has(verdict) ? `${application}: prune` : application,
      application: wave[0],
      entries: [],
    };
    groups.set(key, group);
    group.entries.push({ entry, index });
  });
  return [...groups.values()].map(groupOf);
}

function groupOf({ title, application, entries }: Group): Markup {
  const waves = new Map<number, Group['entries']>();
  for (const one of entries) waves.set(one.entry.wave[1], [...(waves.get(one.entry.wave[1]) ?? []), one]);
  // Where all have the wave that objects have by default, there is nothing to say.
  const quiet = waves.size === 1 && waves.has(0);
  return markup`<section class="group">
<h2>${title} <span class="wave">wave ${application}</span></h2>
${[...waves].map(
  ([wave, own]) => markup`<div class="objects-of-wave">
${!quiet && markup`<h3>objects of wave ${wave}</h3>`}
${own.map(({ entry, index }) => entryOf(entry, index))}</div>
`,
)}</section>
`;
}
