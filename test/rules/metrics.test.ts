import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLATFORM_ALERTS } from './platform-alerts.ts';

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

describe('an alert reads what its exporter serves', () => {
  it.each(Object.values(PLATFORM_ALERTS).flatMap((alerts) => Object.entries(alerts)))('%s', (_, { expr }) => {
    for (const [metric, labels] of selectorsOf(expr)) {
      expect([...METRICS.keys()]).toContain(metric);
      const served = METRICS.get(metric)?.filter((label) => !TARGET.includes(label)) ?? [];
      expect([...TARGET, ...served]).toEqual(expect.arrayContaining(labels));
    }
  });
});
