import { beforeAll, describe, expect, it } from 'vitest';
import type { Alert, Alerts, Recording } from '../../charts/rules/rule.ts';
import { sharedLabels } from './inhibitions.ts';
import { differencesOf, hasPromtool, inputSeries, type Series } from './promtool.ts';

type Labels = Readonly<Record<string, string>>;

/** Series, and the moment at which an alert is looked at. */
export interface AlertCase {
  readonly series: Series;
  /** Minutes after the start of the series; Prometheus' clock is 0 there. */
  readonly at: number;
}

/** A case in which an alert fires. */
export interface FiringCase extends AlertCase {
  /** Labels that an alert which fires has, among others. */
  readonly labels?: Labels;
  /** True if what it is about here is in no namespace, unlike other things that the alert may be about. */
  readonly inNoNamespace?: true;
}

/** When an alert fires and when it does not: one case each way, or several. */
export interface AlertCases {
  readonly fires: FiringCase | readonly FiringCase[];
  readonly quiet: AlertCase | readonly AlertCase[];
}

/** What an alert looks like to those who are told of it. */
interface Fired {
  readonly labels: Labels;
  readonly annotations: Labels;
}

type TableRow = readonly [title: string, alertname: string, alert: Alert, tried: FiringCase, fires: boolean];

/**
 * Tests that each alert fires and is quiet when it should, that its texts only name labels that it has, that one about a
 * namespace names it, and that those that mute each other have the labels by which they do.
 * All cases are evaluated by one process.
 *
 * @param recordings rules whose series the alerts read
 */
export function alertTable<const T extends Alerts>(
  alerts: T,
  cases: { readonly [Name in keyof NoInfer<T>]: AlertCases },
  recordings: readonly Recording[] = [],
): void {
  const rows = Object.entries(alerts).flatMap(([name, alert]) => rowsOf(name, alert, cases[name]!));
  describe.skipIf(!hasPromtool)('alerts', () => {
    let fired: ReadonlyMap<string, readonly Fired[]>;
    beforeAll(async () => {
      fired = await firedIn(alerts, recordings, rows);
    }, PROMTOOL_MS);

    it.each(rows)('%s', (key, name, alert, { series, labels, inNoNamespace = false }, fires) => {
      const found = fired.get(key) ?? [];
      if (!fires) {
        expect(found, `${name} fires`).toEqual([]);
        expect(readsOneOf(alert, recordings, series), `no series is one that ${name} reads`).toBe(true);
        return;
      }
      expect(found, `${name} does not fire`).not.toEqual([]);
      if (labels) expect(found.map((each) => each.labels)).toContainEqual(expect.objectContaining(labels));
      for (const each of found) expect(faultsOfTexts(alert, each), JSON.stringify(each, null, 2)).toEqual([]);
      const named = alert.about === 'namespace' && !inNoNamespace;
      expect(found.map((each) => Boolean(each.labels['namespace']))).toEqual(found.map(() => named));
    });

    const sharing = Object.keys(alerts).filter((name) => sharedLabels(name).length > 0);
    it.each(sharing)('%s has the labels by which it is muted or mutes', (name) => {
      const all = rows.flatMap(([key, alertname]) => (name === alertname ? (fired.get(key) ?? []) : []));
      expect(all.map(({ labels }) => sharedLabels(name).filter((label) => !labels[label]))).toContainEqual([]);
    });
  });
}

function rowsOf(name: string, alert: Alert, { fires, quiet }: AlertCases): TableRow[] {
  const rows = (verb: string, tried: FiringCase | readonly FiringCase[], expected: boolean): TableRow[] =>
    [tried].flat().map((each, i) => [`${name} ${verb}${i === 0 ? '' : ` (${i + 1})`}`, name, alert, each, expected]);
  return [...rows('fires', fires, true), ...rows('is quiet', quiet, false)];
}

/**
 * The alerts that fire in each case, by its title.
 * None is expected, so that promtool tells of each one, with its labels and texts.
 */
async function firedIn(
  alerts: Alerts,
  recordings: readonly Recording[],
  rows: readonly TableRow[],
): Promise<Map<string, readonly Fired[]>> {
  const suites = Object.entries(alerts).map(([alert, { expr, for: holds, severity, summary, impact }]) => {
    const annotations = { summary, impact };
    const rule = { alert, expr, ...(holds !== undefined && { for: holds }), labels: { severity }, annotations };
    const tests = rows
      .filter(([, name]) => name === alert)
      .map(([name, alertname, , { series, at }]) => ({
        name,
        interval: '1m',
        input_series: inputSeries(series),
        alert_rule_test: [{ alertname, eval_time: `${at}m`, exp_alerts: [] }],
      }));
    // Each alert by itself, since every test evaluates all rules of its suite.
    return { groups: [{ name: 'alerts', rules: [...recordings, rule] }], tests };
  });
  const output = await differencesOf(suites);
  const [before = '', ...reports] = output.split(/^\s*name: /m);
  const odd = reports.find((report) => !report.includes('got:['));
  // It says nothing before the reports but which file it reads, unless a rule or a series cannot be read.
  if (odd !== undefined || before.replace(PROGRESS, '').trim() !== '') throw new Error(output);
  return new Map(reports.map((report) => [report.slice(0, report.indexOf(',\n')), [...alertsIn(report)]]));
}

/** What promtool may take for a table on a machine that does other work. */
const PROMTOOL_MS = 60_000;

/** Lines of promtool 2 and 3 that say how far it is. */
const PROGRESS = /^\s*(?:Unit Testing:.*|Processing test file:.*|SUCCESS|FAILED:)$/gm;

/** The alerts of a report: `Labels:{…}` and `Annotations:{…}` on a line each. */
function* alertsIn(report: string): Generator<Fired> {
  for (const [, labels = '', annotations = ''] of report.matchAll(/Labels:\{(.*)\}\n\s*Annotations:\{(.*)\}/g))
    yield { labels: labelsIn(labels), annotations: labelsIn(annotations) };
}

function labelsIn(text: string): Labels {
  const pairs = text.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '""']) => [name, JSON.parse(value) as string]));
}

/** What is wrong with the texts of an alert that fires. */
function faultsOfTexts(alert: Alert, { labels, annotations }: Fired): string[] {
  const named = [...`${alert.summary} ${alert.impact}`.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
  return [
    ...named.filter((label) => !labels[label]).map((label) => `the alert has no label ${label}`),
    ...Object.entries(annotations)
      .filter(([, text]) => text === '' || /<no value>|<error |\{\{/.test(text))
      .map(([name, text]) => `${name} is "${text}"`),
  ];
}

/** True if an alert, or what is recorded for it, names the metric of one of the series. */
function readsOneOf({ expr }: Alert, recordings: readonly Recording[], series: Series): boolean {
  const read = [expr, ...recordings.map((recording) => recording.expr)].join('\n');
  const names = new Set<string>(read.match(/[a-zA-Z_:][\w:]*/g));
  return Object.keys(series).some((selector) => names.has(selector.replace(/\{.*$/, '')));
}
