import type { Entry, Plan, Verdict } from '../../../charts/plan/model.ts';
import { entryOf, type Frame } from './entry.ts';
import { markup, type Markup } from './markup.ts';

/** Objects with these are no longer in Git; Argo CD prunes them last, in reverse order. */
const PRUNED: ReadonlySet<Verdict> = new Set<Verdict>(['delete', 'cascade', 'confirm', 'kept']);

/** From so many on, what is inside of entries would make the page slow to open. */
const FOLDED_FROM = 500;

interface Group {
  readonly title: string;
  readonly application: number;
  readonly entries: { readonly entry: Entry; readonly index: number }[];
}

/** All entries in their order, under the Application that syncs them, and within it under waves. */
export function groupsOf({ entries, clusters }: Plan): Markup[] {
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
  const frame = { clusters: clusters.length, folded: entries.length >= FOLDED_FROM };
  return [...groups.values()].map((group) => groupOf(group, frame));
}

function groupOf({ title, application, entries }: Group, frame: Frame): Markup {
  const waves = new Map<number, Group['entries']>();
  for (const one of entries) waves.set(one.entry.wave[1], [...(waves.get(one.entry.wave[1]) ?? []), one]);
  const [only] = waves.size === 1 ? waves.keys() : [];
  return markup`<section class="group">
<h2>${title} <span class="wave">wave ${number(application)}${only ? `, objects of wave ${number(only)}` : ''}</span></h2>
${[...waves].map(
  ([wave, own]) => markup`<div class="objects-of-wave">
${only === undefined && markup`<h3>Objects of wave ${number(wave)}</h3>`}
${own.map(({ entry, index }) => entryOf(entry, index, frame))}</div>
`,
)}</section>
`;
}

/** With the sign that is as wide as digits are. */
function number(value: number): string {
  return String(value).replace('-', '−');
}
