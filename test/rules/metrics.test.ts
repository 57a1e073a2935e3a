import { describe, expect, it } from 'vitest';
import { dashboardFiles } from '../../charts/dashboards/files.ts';
import { metricNames, queriesOf } from '../../charts/dashboards/queries.ts';
import { NAMED_ALERTS, ALL_RECORDINGS } from './all-alerts.ts';
import { labelsOf, unknownOf } from './known-metrics.ts';

/** Labels that Prometheus gives a target. One of the same name that an exporter serves becomes `exported_…`. */
const TARGET = ['job', 'namespace', 'pod', 'container', 'endpoint', 'instance', 'node', 'le', 'quantile'];

/** The labels of an expression by which it selects series that no exporter gives them. */
function unknownLabels(expr: string): string[] {
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g)].flatMap(([, metric = '', matchers = '']) => {
    const labels = labelsOf(metric);
    const known = new Set([...TARGET, ...(labels ?? []), ...(labels ?? []).map((label) => `exported_${label}`)]);
    return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)]
      .map(([, label = '']) => label)
      .filter((label) => labels !== undefined && !known.has(label))
      .map((label) => `${label} of ${metric}`);
  });
}

const RULES = [...NAMED_ALERTS, ...ALL_RECORDINGS.map(({ record, ...rule }) => [record, rule] as const)];

describe('a rule', () => {
  it.each(RULES)('%s reads what exporters serve', (name, { expr }) => {
    expect(unknownOf(metricNames(expr, name))).toEqual([]);
    expect(unknownLabels(expr)).toEqual([]);
  });
});

describe('a dashboard', () => {
  it.each([...dashboardFiles()])('%s reads what exporters serve', (path, text) => {
    const queries = queriesOf(JSON.parse(text));
    expect(queries.length).toBeGreaterThan(3);
    expect(unknownOf(queries.flatMap((query) => metricNames(query, path)))).toEqual([]);
  });
});

it('is noticed that no exporter serves a metric, or gives it a label', () => {
  expect(unknownOf(['up', 'kube_pod_mood'])).toEqual(['kube_pod_mood']);
  expect(unknownLabels('kube_pod_info{mood="good"}')).toEqual(['mood of kube_pod_info']);
});
