import { compareSeverities, type Entry, type Plan } from '../../charts/plan/model.ts';
import { body, isListed, isSerious, item, sentence } from './markdown-entry.ts';
import { code, htmlCode } from './markdown-text.ts';
import {
  byApplication,
  count,
  entriesOf,
  extent,
  noiseOf,
  nothing,
  revision,
  severities,
  unneededOf,
  verdicts,
} from './words.ts';

/** By it a workflow finds its own comment, to write the next plan over it. */
export const MARKER = '<!-- slipway-plan -->';

/** What a comment of GitHub may have, in characters. */
const COMMENT_LIMIT = 65_536;
/** Room for what is said of that which is left out. */
const NOTE_LENGTH = 500;
/** The most of the limit that the fields of one change take, so that a large one does not push out all others. */
const SHARE = 1 / 8;

/**
 * The plan as a comment of a pull request: what is dangerous first, then all changes by Application.
 *
 * @param options.limit its length stays below it, in characters; at least 4096. Whole changes are left out, the least
 *   important first, and counted.
 */
export function markdown(plan: Plan, { limit = COMMENT_LIMIT }: { readonly limit?: number } = {}): string {
  const entries = entriesOf(plan, false);
  const unneeded = unneededItems(plan, limit * SHARE);
  if (entries.length === 0) return [MARKER, nothing(plan, code), ...unneeded].join('\n\n').concat('\n');
  const opening = head(plan, entries);
  const room = limit - opening.length - lengthOf(unneeded) - NOTE_LENGTH;
  const ranked = entries.toSorted(byImportance);
  const serious = ranked.filter(({ findings, severity }) => isSerious(severity) || findings.some(isListed));
  const items = fitting(serious, room, (entry) => item(plan, entry));
  const left = room - lengthOf(items.values());
  const bodies = items.size < serious.length ? new Map<Entry, string>() : detailed(plan, entries, ranked, left, limit);
  return [
    opening,
    ...(items.size > 0 ? [[...items.values()].join('\n')] : []),
    ...unneeded,
    ...note(
      ranked.filter((entry) => !bodies.has(entry) && !items.has(entry)),
      [...items.keys()].filter((entry) => !bodies.has(entry)).length,
      limit,
    ),
    ...sections(entries, bodies),
  ]
    .join('\n\n')
    .concat('\n');
}

/** By severity; among equals, first those of which a danger is accepted. */
function byImportance(one: Entry, other: Entry): number {
  const order = ({ findings }: Entry): number => (findings.some(isListed) ? 0 : 1);
  return compareSeverities(one.severity, other.severity) || order(one) - order(other);
}

/** The first texts that fit together. Once one does not, all that are less important stay out too. */
function fitting<T>(
  entries: readonly T[],
  room: number,
  write: (entry: T) => string,
  around: (entry: T) => number = () => 0,
): Map<T, string> {
  const texts = new Map<T, string>();
  let left = room;
  for (const entry of entries) {
    const text = write(entry);
    left -= text.length + 2 + around(entry);
    if (left < 0) break;
    texts.set(entry, text);
  }
  return texts;
}

function lengthOf(texts: Iterable<string>): number {
  return [...texts].reduce((sum, text) => sum + text.length + 2, 0);
}

function head(plan: Plan, entries: readonly Entry[]): string {
  const noise = noiseOf(plan);
  const found = verdicts(entries).map(([verdict, number]) => `${number} ${verdict}`);
  return [
    MARKER,
    `### Plan: ${severities(entries)}`,
    `${extent(plan, entries)}, ${code(revision(plan.base), 40)} → ${code(revision(plan.head), 40)}: ${found.join(', ')}.`,
    ...(noise ? [`Not shown: ${noise}, which \`slipway plan --noise\` lists.`] : []),
  ].join('\n\n');
}

/** The lines that accept nothing, as many as there is room for. */
function unneededItems(plan: Plan, room: number): string[] {
  const title = unneededOf(plan, code);
  if (title === undefined) return [];
  const items = fitting(plan.unneeded, room, (line) => `- ${sentence(line, line.path)}`);
  const more = plan.unneeded.length - items.size;
  return [`**${title}:**`, [...items.values(), ...(more > 0 ? [`- ${more} more`] : [])].join('\n')];
}

/** What is shown of each change below its Application, as far as there is room. */
function detailed(
  plan: Plan,
  entries: readonly Entry[],
  ranked: readonly Entry[],
  room: number,
  limit: number,
): Map<Entry, string> {
  const frames = new Map([...byApplication(entries)].map(([name, own]) => [name, section(name, own, []).length + 2]));
  // The frame of an Application is paid with the first of its changes, which is the most important one.
  const first = new Map(ranked.toReversed().map((entry) => [entry.application, entry]));
  return fitting(
    ranked,
    room,
    (entry) => body(plan, entry, limit * SHARE),
    (entry) => (first.get(entry.application) === entry ? (frames.get(entry.application) ?? 0) : 0),
  );
}

function sections(entries: readonly Entry[], bodies: ReadonlyMap<Entry, string>): string[] {
  return [...byApplication(entries)].flatMap(([name, own]) => {
    const shown = own.flatMap((entry) => bodies.get(entry) ?? []);
    return shown.length > 0 ? [section(name, own, shown)] : [];
  });
}

function section(application: string, own: readonly Entry[], shown: readonly string[]): string {
  const more = own.length - shown.length;
  return [
    `<details><summary>${htmlCode(application)}: ${count(own.length, 'change')}, ${severities(own)}</summary>`,
    ...shown,
    ...(more > 0 ? [`${count(more, 'change')} left out.`] : []),
    '</details>',
  ].join('\n\n');
}

function note(missing: readonly Entry[], onlyListed: number, limit: number): string[] {
  const parts = [
    ...(missing.length > 0
      ? [`**Left out: ${count(missing.length, 'change')}** (${severities(missing)}), the least important ones.`]
      : []),
    ...(onlyListed > 0 ? [`**Without fields:** the last ${count(onlyListed, 'change')} of the list above.`] : []),
  ];
  if (parts.length === 0) return [];
  const why = `A comment has at most ${limit} characters; \`slipway plan\` and the artifact of this run have everything.`;
  return [[...parts, why].join(' ')];
}
