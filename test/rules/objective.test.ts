import { describe, expect, it } from 'vitest';
import { type Objective, OBJECTIVE_ALERTS, objectiveRules } from '../../charts/rules/objective.ts';
import { evaluate, hasPromtool } from './promtool.ts';

const OBJECTIVE: Objective = {
  service: 'items',
  availability: 99.9,
  latency: { p: 0.99, below: '250ms' },
  requests: {
    histogram: 'http_request_duration_seconds',
    matchers: 'namespace="items"',
    failed: 'status=~"5.."',
    buckets: [0.1, 0.25, 1],
  },
};
const GROUPS = [...objectiveRules(OBJECTIVE), { name: 'slo', alerts: OBJECTIVE_ALERTS }];

/** Requests of three hours, in each minute so many that succeed, fail and are slow. */
function requests(good: number, failed: number, slow = 0, minutes = 180) {
  const labels = 'namespace="items",status="200"';
  const series = (name: string, more: string, each: number) => ({ [`${name}{${more}}`]: `0+${each}x${minutes}` });
  return {
    ...series('http_request_duration_seconds_count', labels, good + slow),
    ...series('http_request_duration_seconds_count', 'namespace="items",status="503"', failed),
    ...series('http_request_duration_seconds_bucket', `${labels},le="0.25"`, good),
    ...series('http_request_duration_seconds_bucket', 'namespace="items",status="503",le="0.25"', failed),
  };
}

describe.skipIf(!hasPromtool)('an objective', () => {
  it('records the share of requests that fail, and that are slow', async () => {
    await evaluate(GROUPS, requests(90, 10, 100), [
      {
        at: 120,
        values: {
          'slo:requests_broken:ratio_rate1h{slo="items-availability"}': [0.05],
          'slo:requests_broken:ratio_rate1h{slo="items-latency"}': [0.5],
        },
      },
    ]);
  });

  it('wakes somebody when a fiftieth of the budget of thirty days is gone within an hour', async () => {
    const critical = { severity: 'critical', slo: 'items-availability', namespace: 'items' };
    await evaluate(GROUPS, requests(98, 2), [{ at: 120, alerts: { ErrorBudgetBurnsFast: [critical] } }]);
  });

  it('mutes the alert of the next working day by the one that wakes somebody', async () => {
    const [[by, equal] = ['', []]] = Object.entries(OBJECTIVE_ALERTS.ErrorBudgetBurns.mutedBy ?? {});
    const labels = { slo: 'items-availability', namespace: 'items' };
    expect(Object.keys(labels)).toEqual(expect.arrayContaining(equal.slice()));
    await evaluate(GROUPS, requests(98, 2), [
      {
        at: 170,
        alerts: { [by]: [{ ...labels, severity: 'critical' }], ErrorBudgetBurns: [{ ...labels, severity: 'warning' }] },
      },
    ]);
  });

  it('wakes nobody while the budget lasts for the thirty days', async () => {
    await evaluate(GROUPS, requests(9_992, 8), [
      { at: 170, alerts: { ErrorBudgetBurnsFast: [], ErrorBudgetBurns: [] } },
    ]);
  });

  it('wakes nobody for a few failures of few requests', async () => {
    const few = { 'http_request_duration_seconds_count{namespace="items",status="200"}': '0+1x180' };
    const failed = { 'http_request_duration_seconds_count{namespace="items",status="503"}': '0x115 1x30 2x40' };
    const warning = { severity: 'warning', slo: 'items-availability', namespace: 'items' };
    await evaluate(GROUPS, { ...few, ...failed }, [
      { at: 150, alerts: { ErrorBudgetBurnsFast: [], ErrorBudgetBurns: [warning] } },
    ]);
  });

  it('forgets nothing in hours without requests', async () => {
    const name = 'http_request_duration_seconds_count';
    const series = {
      [`${name}{namespace="items",status="200"}`]: '0+90x60 5400x120',
      [`${name}{namespace="items",status="503"}`]: '0+10x60 600x120',
    };
    await evaluate(GROUPS, series, [
      {
        at: 170,
        values: {
          'slo:requests_broken:ratio_rate5m{slo="items-availability"}': [],
          'slo:budget_left:ratio{slo="items-availability"}': [-99],
        },
      },
    ]);
  });

  it('says so if nothing reports its requests, but not if there are none', async () => {
    const requestless = {
      ...OBJECTIVE,
      requests: { ...OBJECTIVE.requests, source: 'service_info{namespace="items"}' },
    };
    const groups = [...objectiveRules(requestless), { name: 'slo', alerts: OBJECTIVE_ALERTS }];
    const critical = { severity: 'critical', namespace: 'items' };
    await evaluate(groups, { 'service_info{namespace="items"}': '1x30 _x60' }, [
      { at: 25, alerts: { ObjectiveNotMeasured: [] } },
      {
        at: 60,
        alerts: {
          ObjectiveNotMeasured: [
            { ...critical, slo: 'items-availability' },
            { ...critical, slo: 'items-latency' },
          ],
        },
      },
    ]);
  });

  it('reads the bucket of a whole second as libraries write it and as Prometheus stores it', async () => {
    const slow = { ...OBJECTIVE, latency: { p: 0.9, below: '1s' } };
    for (const le of ['1', '1.0'])
      await evaluate(
        objectiveRules(slow),
        {
          'http_request_duration_seconds_count{namespace="items"}': '0+10x90',
          [`http_request_duration_seconds_bucket{namespace="items",le="${le}"}`]: '0+8x90',
        },
        [{ at: 80, values: { 'slo:requests_broken:ratio_rate1h{slo="items-latency"}': [0.2] } }],
      );
  });

  it('counts no failures where there are none', async () => {
    await evaluate(GROUPS, requests(100, 0), [
      { at: 120, values: { 'slo:requests_broken:ratio_rate5m{slo="items-availability"}': [0] } },
    ]);
  });
});

describe('an objective that cannot be', () => {
  it.each([
    ['100 percent', { ...OBJECTIVE, availability: 100 }, /no error budget/],
    ['a share above 1', { ...OBJECTIVE, latency: { p: 99, below: '250ms' } }, /between 0 and 1/],
    ['a time between two buckets', { ...OBJECTIVE, latency: { p: 0.9, below: '300ms' } }, /0\.1, 0\.25, 1/],
    ['no duration', { ...OBJECTIVE, latency: { p: 0.9, below: '1s500ms ' } }, /30s, 5m/],
  ])('%s', (_, objective, message) => {
    expect(() => objectiveRules(objective)).toThrow(message);
  });
});
