import { ACCEPTED_FILE } from '../../charts/plan/accepted.ts';
import { type Entry, type Finding, type Plan, SEVERITIES, type Verdict, VERDICTS } from '../../charts/plan/model.ts';
import { minute } from '../../charts/lib/answered.ts';
import { visible } from './text.ts';

/** How names are written: in a terminal as they are, in Markdown as code. */
export type Quote = (name: string) => string;

/** Lists with more names are cut, and say how many there are. */
const NAMED_CLUSTERS = 4;
const NAMED_OBJECTS = 10;

/** `3 changes`. */
export function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

/** Which of the compared clusters an entry is about. */
export function clustersOf({ clusters }: Entry, plan: Plan, quote: Quote = visible): string {
  const all = plan.clusters.length > 1 && plan.clusters.every((name) => clusters.includes(name));
  if (all) return `all ${plan.clusters.length} clusters`;
  if (clusters.length <= NAMED_CLUSTERS) return clusters.map((name) => quote(name)).join(', ');
  return `${count(clusters.length, 'cluster')}: ${some(clusters, NAMED_CLUSTERS - 1, quote)}`;
}

/** What goes with the object, and what stays: a line each. */
export function consequences({ verdict, takes = [], keeps = [] }: Entry, quote: Quote = visible): string[] {
  const verb = verdict === 'move' ? 'deleted first' : 'goes with it';
  return [
    ...(takes.length > 0 ? [`${verb}: ${some(takes, NAMED_OBJECTS, quote)}`] : []),
    ...(keeps.length > 0 ? [`stays: ${some(keeps, NAMED_OBJECTS, quote)}`] : []),
  ];
}

/** Whether the ring before has it already; undefined if there is no ring before. */
export function seenOf({ seen }: Entry, quote: Quote = visible): string | undefined {
  if (seen === undefined) return undefined;
  if (seen.cluster === undefined) return `new here: not in ${quote(seen.ring)}`;
  return `seen in ${quote(seen.ring)}${seen.since === undefined ? '' : ` since ${quote(minute(new Date(seen.since)))}`}`;
}

function some(names: readonly string[], most: number, quote: Quote): string {
  const more = names.length - most;
  const shown = names
    .slice(0, most)
    .map((name) => quote(name))
    .join(', ');
  return more > 0 ? `${shown} … and ${more} more` : shown;
}

/** Where a finding is, unless the only field that is shown says it. */
export function placeOf({ path }: Finding, { fields }: Entry): string | undefined {
  return fields.length === 1 && fields[0]?.path === path ? undefined : path;
}

/** A commit as people write it. */
export function revision(commit: string): string {
  return /^[0-9a-f]{40,64}$/.test(commit) ? commit.slice(0, 10) : visible(commit);
}

/** Entries to show: with their noise, or without it. Noise that replaces pods is none. */
export function entriesOf(plan: Plan, noise: boolean): Entry[] {
  if (noise) return plan.entries;
  return plan.entries
    .filter(({ verdict, findings }) => verdict !== 'same' || findings.length > 0)
    .map((entry) => ({ ...entry, fields: entry.fields.filter((field) => !field.noise || field.rolls) }));
}

/** Entries by what syncs them, in the order in which the first of each is. */
export function byApplication(entries: readonly Entry[]): Map<string, Entry[]> {
  const applications = new Map<string, Entry[]>();
  for (const entry of entries) {
    const own = applications.get(entry.application);
    if (own) own.push(entry);
    else applications.set(entry.application, [entry]);
  }
  return applications;
}

/** `12 changes of 40 objects in 3 of 5 clusters`. */
export function extent(plan: Plan, entries: readonly Entry[]): string {
  const objects = entries.reduce((sum, { clusters }) => sum + clusters.length, 0);
  const changed = new Set(entries.flatMap(({ clusters }) => clusters)).size;
  const of = changed === plan.clusters.length ? '' : `${changed} of `;
  return `${count(entries.length, 'change')} of ${count(objects, 'object')} in ${of}${count(plan.clusters.length, 'cluster')}`;
}

/** `1 block, 3 danger`: from worst to least, none that there is none of. */
export function severities(entries: readonly Entry[]): string {
  return SEVERITIES.map(
    (severity) => [entries.filter((entry) => entry.severity === severity).length, severity] as const,
  )
    .filter(([number]) => number > 0)
    .map(([number, severity]) => `${number} ${severity}`)
    .join(', ');
}

/** How many entries each verdict has. */
export function verdicts(entries: readonly Entry[]): [Verdict, number][] {
  return (Object.keys(VERDICTS) as Verdict[])
    .map((verdict): [Verdict, number] => [verdict, entries.filter((entry) => entry.verdict === verdict).length])
    .filter(([, number]) => number > 0);
}

/** What somebody answers for. */
export function acceptedOf(entries: readonly Entry[]): Finding[] {
  return entries.flatMap(({ findings }) => findings.filter(({ accepted }) => accepted !== undefined));
}

/** `2 lines of clusters/accepted.json accept nothing`; undefined if all accept something. */
export function unneededOf({ unneeded }: Plan, quote: Quote = visible): string | undefined {
  if (unneeded.length === 0) return undefined;
  const lines = `${count(unneeded.length, 'line')} of ${quote(ACCEPTED_FILE)}`;
  return `${lines} ${unneeded.length === 1 ? 'accepts' : 'accept'} nothing`;
}

/** `12 fields and 3 objects without meaning`; undefined if there is no noise. */
export function noiseOf({ noise }: Plan): string | undefined {
  const parts = [
    ...(noise.fields > 0 ? [count(noise.fields, 'field')] : []),
    ...(noise.objects > 0 ? [count(noise.objects, 'object')] : []),
  ];
  return parts.length > 0 ? `${parts.join(' and ')} without meaning` : undefined;
}

/** The one sentence about a plan without changes. */
export function nothing(plan: Plan, quote: Quote = visible): string {
  const noise = noiseOf(plan);
  const where = `${quote(revision(plan.base))} and ${quote(revision(plan.head))}`;
  const less = noise ? `, and ${noise}` : '';
  return `Nothing changes in ${count(plan.clusters.length, 'cluster')} between ${where}${less}.`;
}
