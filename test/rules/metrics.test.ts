import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../charts/dashboards/queries.ts';
import { ALL_ALERTS, ALL_RECORDINGS } from './all-alerts.ts';

const FOLDER = join(import.meta.dirname, '../../charts/rules/metrics');

/** What exporters serve: the labels of their metrics. */
const METRICS = new Map<string, readonly string[]>([
  ['up', []],
  ...readdirSync(FOLDER).flatMap((file) => {
    const { metrics } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as {
      metrics: Record<string, readonly string[]>;
    };
    return Object.entries(metrics);
  }),
]);
/** Labels that Prometheus gives a target. One of the same name that an exporter serves becomes `exported_…`. */
const TARGET = ['job', 'namespace', 'pod', 'container', 'endpoint', 'instance', 'node'];

/** The metrics of an expression, with the labels that each is selected by. */
function selectorsOf(expr: string): [metric: string, labels: string[]][] {
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g)].map(([, metric = '', matchers = '']) => [
    metric,
    [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label),
  ]);
}

const RULES = [...ALL_ALERTS, ...ALL_RECORDINGS.map(({ record, ...rule }) => [record, rule] as const)];
const RECORDED = new Set(ALL_RECORDINGS.map(({ record }) => record));

describe('a rule reads what its exporter serves', () => {
  it.each(RULES)('%s', (name, { expr }) => {
    const served = metricNames(expr, name).filter((metric) => !RECORDED.has(metric));
    expect([...METRICS.keys()]).toEqual(expect.arrayContaining(served));
    for (const [metric, selectedBy] of selectorsOf(expr).filter(([one]) => served.includes(one))) {
      const labels = METRICS.get(metric)?.filter((label) => !TARGET.includes(label)) ?? [];
      expect([...TARGET, ...labels], metric).toEqual(expect.arrayContaining(selectedBy));
    }
  });
});
