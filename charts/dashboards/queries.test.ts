import { describe, expect, it } from 'vitest';
import { metricNames, queriesOf, withoutVariables } from './queries.ts';

describe('the metrics of a query', () => {
  it.each([
    ['up', ['up']],
    ['sum by (job) (rate(requests_total{code=~"5.."}[5m])) / on (job) group_left () jobs', ['requests_total', 'jobs']],
    ['slo:budget{slo="a"} or vector(0)', ['slo:budget']],
    ['a + a offset 1h', ['a']],
    ['histogram_quantile(0.9, sum by (le) (rate(d_bucket[$__rate_interval])))', ['d_bucket']],
    ['time() - 1', []],
  ])('%s', (expr, names) => {
    expect(metricNames(expr)).toEqual(names);
  });

  it.each([
    ['sum(up', 'line 1, column 7'],
    ['up\n  and )', 'line 2, column 7'],
    ['up{job=api}', 'line 1, column 8'],
  ])('of %j is a mistake with its position', (expr, position) => {
    expect(() => metricNames(expr, 'Node')).toThrow(`a query is not PromQL\n  at:   Node, ${position}`);
  });

  it('without a name is a mistake', () => {
    expect(() => metricNames('{job="api"}')).toThrow('without the name of their metric');
  });
});

it('variables of Grafana become something that PromQL accepts', () => {
  expect(withoutVariables('rate(a{b="$pod", c=~"${node:regex}", d=~"x$"}[$__rate_interval])')).toBe(
    'rate(a{b="pod", c=~"node", d=~"x$"}[5m])',
  );
});

it('the queries of a dashboard are those of panels, of panels in rows, of annotations and of variables', () => {
  const dashboard = {
    annotations: { list: [{ expr: 'ALERTS' }] },
    panels: [{ targets: [{ expr: 'a' }, { expr: 'b' }] }, { type: 'row', panels: [{ targets: [{ expr: 'c' }] }] }],
    templating: { list: [{ query: { query: 'label_values(d{e="f"}, g)' } }] },
  };
  expect(queriesOf(dashboard)).toEqual(['ALERTS', 'a', 'b', 'c', 'd{e="f"}']);
});
