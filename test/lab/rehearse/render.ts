import { code, prose } from '../../../cli/plan/markdown-text.ts';
import { cut, visible } from '../../../cli/plan/text.ts';
import { count, revision } from '../../../cli/plan/words.ts';
import { EXPECTED, type Event, heldUpBy } from './deviations.ts';
import { isAsPlanned, type Report, type Seen, UNPROVEN } from './report.ts';

/** One thing that happened. */
interface Line {
  readonly label: string;
  readonly application: string;
  readonly object?: string;
  /** The rest of the sentence, in plain words. */
  readonly says?: string;
  /** Words of Argo CD. */
  readonly message?: string;
}

/** How names and sentences are written. */
interface Style {
  readonly name: (text: string) => string;
  readonly sentence: (text: string) => string;
}

const PLAIN: Style = { name: visible, sentence: visible };
const MARKDOWN: Style = { name: code, sentence: prose };
/** A message of the API server, which may quote the whole of an object. */
const MESSAGE_COLUMNS = 400;

/** The report for people at a terminal. */
export function text(report: Report): string {
  const lines = linesOf(report);
  const [labels, applications] = [widest(lines, 'label'), widest(lines, 'application')];
  const shown = lines.flatMap((line) => [
    `  ${line.label.padEnd(labels)}  ${line.application.padEnd(applications)}  ${sentence(line, PLAIN)}`.trimEnd(),
    ...(line.message === undefined ? [] : [`  ${' '.repeat(labels)}  ${cut(visible(line.message), MESSAGE_COLUMNS)}`]),
  ]);
  if (isNothing(report)) return title(report, PLAIN);
  return [
    ...section([title(report, PLAIN), ...shown]),
    ...section(wavesOf(report)),
    ...section(counts(report).map(([event, planned, seen]) => `  ${event.padEnd(9)} ${planned} planned, ${seen} seen`)),
    ...section([outcome(report), ...deviationLines(report, PLAIN).map((line) => `  ${line}`)]),
    'Not proven:',
    ...UNPROVEN.map((line) => `  ${line}`),
  ].join('\n');
}

/** The report for the summary of a workflow. */
export function markdown(report: Report): string {
  const { waves } = report;
  const lines = linesOf(report).map(
    (line) =>
      `- **${line.label}** ${[code(line.application), sentence(line, MARKDOWN)].filter(Boolean).join(': ')}${line.message === undefined ? '' : `  \n  ${code(line.message, MESSAGE_COLUMNS)}`}`,
  );
  if (isNothing(report)) return `### ${title(report, MARKDOWN)}\n`;
  return [
    ...section([`### ${title(report, MARKDOWN)}`]),
    ...section([`**${outcome(report)}**`]),
    ...section(deviationLines(report, MARKDOWN).map((line) => `- ${line}`)),
    ...section(lines),
    ...section(
      table(
        ['', 'planned', 'seen'],
        counts(report).map(([event, planned, seen]) => [event, String(planned), String(seen)]),
      ),
    ),
    ...section(
      table(
        ['wave', 'seconds after the push', 'Applications'],
        waves.map(({ wave, from, to, applications }) => [
          String(wave),
          `${from} to ${to ?? 'the end'}`,
          applications.map((name) => code(name)).join(', '),
        ]),
      ),
    ),
    'Not proven:',
    '',
    ...UNPROVEN.map((line) => `- ${line}`),
    '',
  ].join('\n');
}

function isNothing({ planned, seconds }: Report): boolean {
  return planned.length === 0 && seconds === 0;
}

function title(report: Report, { name }: Style): string {
  const [cluster, base, head] = [name(report.cluster), name(revision(report.base)), name(revision(report.head))];
  if (isNothing(report)) return `Nothing to rehearse: ${cluster} is the same in ${base} and ${head}`;
  const end = `${report.seconds.toFixed(1)} s after the push`;
  const settled = report.unsettled.length === 0 ? `settled ${end}` : `not settled; nothing new from ${end} on`;
  return `Rehearsed: ${cluster}, ${base} → ${head}, ${settled}`;
}

function outcome(report: Report): string {
  if (report.notAsPlanned.length > 0) return 'Not as planned:';
  return isAsPlanned(report) ? 'As planned.' : 'As planned, but not all is Synced and Healthy.';
}

/** What happened, the worst first. */
function linesOf(report: Report): Line[] {
  const { refusals, restarts, changes, hooks, confirmed, unsettled } = report;
  const of = (how: string): Line[] =>
    changes.filter((one) => one.how === how).map(({ application, object }) => ({ label: how, application, object }));
  return [
    ...refusals.map(({ attempts, healed, ...line }): Line => ({
      ...line,
      label: 'refused',
      says: [count(attempts, 'attempt'), healed ? 'healed by itself' : 'not healed'].join(', '),
    })),
    ...unsettled.map(({ application, status }): Line => ({ label: 'unsettled', application, says: status })),
    ...heldUp(report),
    ...restarts.map(({ application, object, pods, madeFrom }): Line => ({
      label: 'restarted',
      application,
      object,
      says: [`${count(pods, 'pod')} replaced`, ...(madeFrom === undefined ? [] : [`made from ${madeFrom}`])].join(', '),
    })),
    ...of('deleted'),
    ...of('replaced'),
    ...of('created'),
    ...hooks.map((one): Line => ({ ...one, label: 'ran again' })),
    ...confirmed.map((application): Line => ({
      label: 'confirmed',
      application,
      says: 'its deletion waited for a person, and the rehearsal confirmed it',
    })),
  ];
}

/** Planned changes that did not come, since their Application was refused. */
function heldUp(report: Report): Line[] {
  return [...heldUpBy(report)].flatMap((application) => {
    const own = report.planned.filter((one) => one.application === application && one.verdict !== 'refused');
    const left = own.filter(({ object }) => !happened(report, object)).length;
    return left === 0
      ? []
      : [{ label: 'held up', application, says: `${count(left, 'other planned change')} did not come` }];
  });
}

/** Whether something is said of an object. */
function happened({ refusals, restarts, changes }: Seen, object: string): boolean {
  return [...refusals, ...restarts, ...changes].some((one) => one.object === object);
}

function sentence({ object, says }: Line, { name, sentence: words }: Style): string {
  return [object === undefined ? '' : name(object), says === undefined ? '' : words(says)].filter(Boolean).join(': ');
}

function deviationLines({ notAsPlanned }: Report, { name, sentence: words }: Style): string[] {
  return notAsPlanned.map(
    ({ application, object, planned, seen }) =>
      `${name(application)}${object === undefined ? '' : `: ${name(object)}`}: planned ${words(planned)}, seen ${words(seen)}`,
  );
}

function wavesOf({ waves }: Report): string[] {
  return waves.map(({ wave, from, to, applications }) => {
    const end = to === undefined ? 'never  ' : `${to.toFixed(1).padStart(5)} s`;
    return `  wave ${String(wave).padStart(2)}  ${from.toFixed(1).padStart(5)} to ${end}  ${applications.map(visible).join(', ')}`;
  });
}

/** How much of each kind was planned, and seen. */
function counts({ planned, refusals, restarts, changes }: Report): [event: Event, planned: number, seen: number][] {
  const seen: readonly Event[] = [
    ...refusals.map((): Event => 'refused'),
    ...restarts.map((): Event => 'restart'),
    ...changes.map(({ how }) => how),
  ];
  const expected = planned.flatMap(({ verdict }) => EXPECTED[verdict] ?? []).filter((event) => event !== 'deleted');
  const deleted = planned.filter(({ verdict }) => EXPECTED[verdict] === 'deleted');
  const gone = new Set(deleted.flatMap(({ object, takes = [] }) => [object, ...takes]));
  const number = (all: readonly Event[], event: Event): number => all.filter((one) => one === event).length;
  return (['refused', 'restart', 'deleted', 'replaced', 'created'] as const)
    .map((event): [Event, number, number] => [
      event,
      event === 'deleted' ? gone.size : number(expected, event),
      number(seen, event),
    ])
    .filter(([, ...numbers]) => numbers.some((one) => one > 0));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** Lines with an empty one after them; none if there are none. */
function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [...lines, ''];
}

function widest(lines: readonly Line[], field: 'label' | 'application'): number {
  return Math.max(0, ...lines.map((line) => visible(line[field]).length));
}
