import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dump } from 'js-yaml';
import type { RuleGroup } from '../../charts/rules/rule.ts';
import { builtProgram } from '../lab/build.ts';

const run = promisify(execFile);
const PROMTOOL = process.env['PROMTOOL'] || builtProgram('promtool') || 'promtool';
const MAX_OUTPUT_BYTES = 2 ** 26;

/** True if Prometheus' own tool is there: the path in PROMTOOL, the lab's, or that of Debian's package `prometheus`. */
export const hasPromtool = await run(PROMTOOL, ['--version']).then(
  () => true,
  () => false,
);

if (!hasPromtool)
  console.warn("Rules are not tested: there is no promtool. Install Debian's package `prometheus`, or set PROMTOOL.");

/** Series by their selectors, with their values a minute apart in promtool's notation: `0+10x60`. */
export type Series = Readonly<Record<string, string>>;

/** What is so at a moment of a test. */
export interface Expectation {
  /** Minutes after its start. */
  readonly at: number;
  /** Sums of the series of an expression, to a millionth; an empty list where there is none. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
  /** Labels of the alerts that fire, by name; an empty list for one that does not. */
  readonly alerts?: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}

/** Evaluates rules on series with Prometheus' own tool. @throws Error with what it says of differences */
export async function evaluate(
  groups: readonly RuleGroup[],
  series: Series,
  expectations: readonly Expectation[],
): Promise<void> {
  const differences = await differencesOf([
    {
      groups: groups.map(ruleGroup),
      tests: [
        {
          interval: '1m',
          input_series: inputSeries(series),
          promql_expr_test: expectations.flatMap(({ at, values = {} }) =>
            Object.entries(values).map(([expr, exp]) => ({
              expr: `round(1e6 * sum(${expr}))`,
              eval_time: `${at}m`,
              exp_samples: exp.map((value) => ({ value: Math.round(1e6 * value) })),
            })),
          ),
          alert_rule_test: expectations.flatMap(({ at, alerts = {} }) =>
            Object.entries(alerts).map(([alertname, fired]) => ({
              alertname,
              eval_time: `${at}m`,
              exp_alerts: fired.map((labels) => ({ exp_labels: labels })),
            })),
          ),
        },
      ],
    },
  ]);
  if (differences !== '') throw new Error(differences);
}

/** Rules with their tests, as the files of Prometheus and of `promtool test rules` have them. */
export interface Suite {
  readonly groups: readonly object[];
  readonly tests: readonly object[];
}

/** What Prometheus' own tool says of tests that differ; empty if none does. One process tries all suites. */
export async function differencesOf(suites: readonly Suite[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-rules-'));
  try {
    const files = suites.map(({ groups, tests }, i) => {
      const [rules, file] = [`rules-${i}.yaml`, `test-${i}.yaml`];
      writeFileSync(join(folder, rules), dump({ groups }));
      const test = { rule_files: [rules], evaluation_interval: '1m', tests };
      // Without references: the tool's YAML parser refuses files that consist mostly of them.
      writeFileSync(join(folder, file), dump(test, { noRefs: true }));
      return file;
    });
    await run(PROMTOOL, ['test', 'rules', ...files], { cwd: folder, maxBuffer: MAX_OUTPUT_BYTES });
    return '';
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}`.trim() || String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Series as promtool's tests have them. */
export const inputSeries = (series: Series): object[] =>
  Object.entries(series).map(([selector, values]) => ({ series: selector, values }));

/** A group as Prometheus reads it; without annotations, which would have to be expected too. */
function ruleGroup({ name, recordings = [], alerts = {} }: RuleGroup): object {
  return {
    name,
    rules: [
      ...recordings.map(({ record, expr, labels }) => ({ record, expr, ...(labels && { labels }) })),
      ...Object.entries(alerts).map(([alert, rule]) => ({
        alert,
        expr: rule.expr,
        ...(rule.for !== undefined && { for: rule.for }),
        labels: { severity: rule.severity },
      })),
    ],
  };
}
