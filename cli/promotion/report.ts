import { describe, type Problem } from '../../charts/fault.ts';
import { minute } from '../../charts/lib/answered.ts';
import type { Entry, Plan } from '../../charts/plan/model.ts';
import { describeMoves, type Promotion } from '../../charts/promotion.ts';
import type { Ring } from '../../charts/rings.ts';
import { screen } from '../output.ts';
import { terminal } from '../plan/terminal.ts';
import type { Answers } from './refusals.ts';
import type { Step } from './rings.ts';
import type { Soak } from './soak.ts';

/** A component that goes on. */
interface Ready {
  readonly promotion: Promotion;
  readonly soaked: Soak;
}

/** What is promoted, what that does, what of it is new, and what was not promoted. */
export function report(
  { from, to }: Step,
  ready: readonly Ready[],
  refusals: readonly Problem[],
  plan: Plan,
  notes: readonly string[],
): string {
  return [
    ...ready.flatMap((one) => lines({ from, to }, one)),
    ...sections({ from, to }, plan),
    ...(refusals.length > 0 ? ['\nNot promoted:', ...refusals.map(describe)] : []),
    '',
    ...notes,
  ].join('\n');
}

/** What a change does in a ring: as it was seen in the ring before, and what is new. */
export function sections({ from, to }: Step, plan: Plan): string[] {
  const [seen, unseen] = split(plan, { from, to });
  // Noise is counted of both rings, and what accepted.json has is not of this change.
  const ofRing = { ...plan, clusters: [...to.clusters], noise: { objects: 0, fields: 0 }, unneeded: [] };
  return [
    ...section(`\nAs it was seen in ${from.name}:`, ofRing, seen),
    ...section(`\nNew here, not seen in ${from.name}:`, ofRing, unseen),
  ];
}

function lines({ from, to }: Step, { promotion, soaked }: Ready): string[] {
  const { component, moves, kept } = promotion;
  return [
    `${to.name}: ${component} ${describeMoves(moves)}${sinceOf(from.name, soaked)}`,
    ...kept.map((pin) => `  ${pin} stays as it is: ${from.name} has no such pin`),
  ];
}

export function sinceOf(ring: string, soaked: Soak): string {
  if (soaked === undefined) return `, rendered by no cluster of ${ring}`;
  if ('unmerged' in soaked) return `, in ${ring} not as ${soaked.unmerged} has it`;
  return `, in ${ring} since ${minute(soaked.since)}`;
}

function section(title: string, plan: Plan, entries: readonly Entry[]): string[] {
  if (entries.length === 0) return [];
  return [title, terminal({ ...plan, entries: [...entries] }, { ...screen(), noise: false })];
}

/** The entries of a ring: those that a cluster of the ring before has too, and the others. */
function split({ entries }: Plan, { from, to }: Step): [Entry[], Entry[]] {
  const isOf = (ring: Ring, { clusters }: Entry): boolean => clusters.some((name) => ring.clusters.includes(name));
  const seen = new Set(entries.filter((entry) => isOf(from, entry)).map(changeOf));
  const ofRing = entries
    .filter((entry) => isOf(to, entry))
    .map((entry) => ({ ...entry, clusters: entry.clusters.filter((name) => to.clusters.includes(name)) }));
  const which = (wanted: boolean): Entry[] => ofRing.filter((entry) => seen.has(changeOf(entry)) === wanted);
  return [which(true), which(false)];
}

/** What an entry says of the change itself: in another cluster it may have another wave, or be accepted. */
function changeOf({ findings, ...entry }: Entry): string {
  const said = findings.map((finding) => ({ ...finding, accepted: undefined }));
  return JSON.stringify({ ...entry, findings: said, clusters: [], wave: [], severity: undefined });
}

/** What people answered for, as paragraphs of a message. */
export function answersOf({ evidence, urgent }: Answers): string[] {
  return [
    ...(evidence === undefined ? [] : ['', `Evidence: ${evidence}`]),
    ...(urgent === undefined ? [] : ['', `Urgent: ${urgent}`]),
  ];
}

/** The message of the commit. */
export function messageOf({ from, to }: Step, ready: readonly Ready[], { evidence, urgent }: Answers): string {
  const names = ready.map(({ promotion }) => promotion.component);
  const title = names.length > 3 ? `${names.length} components` : names.join(', ');
  const details = ready.map(
    ({ promotion, soaked }) =>
      `- ${promotion.component}: ${describeMoves(promotion.moves)}${sinceOf(from.name, soaked)}`,
  );
  return [
    `Promote ${title} from ${from.name} to ${to.name}`,
    '',
    ...details,
    ...answersOf({ evidence, urgent }),
    '',
  ].join('\n');
}
