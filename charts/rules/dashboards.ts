import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../dashboards/dashboard.ts';
import { table, timeSeries } from '../dashboards/panels.ts';

const SLO = 'slo=~"$slo"';
/** How many times faster than evenly a budget is spent. */
const burn = (window: string): string =>
  `slo:requests_broken:ratio_rate${window}{${SLO}} / on (slo) group_left () slo:budget{${SLO}}`;

/** The objectives of services: what is left of their error budgets, and how fast these are spent. */
export function objectives(): DashboardBuilder {
  return dashboard({
    name: 'objectives',
    description: 'What is left of the error budgets of thirty days, and how fast they are spent.',
    variables: { slo: { label: 'Objective', of: 'slo:budget', several: true } },
    related: ['service', 'gateway', 'fleet'],
    alerts: SLO,
    rows: [
      {
        title: 'Budgets',
        panels: [
          table({
            title: 'Objectives',
            description: 'A burn rate of 1 spends the budget evenly over thirty days.',
            labels: { slo: 'Objective' },
            values: [
              { name: 'May break', unit: 'share', query: `max by (slo) (slo:budget{${SLO}})` },
              {
                name: 'Budget left',
                unit: 'share',
                query: `max by (slo) (slo:budget_left:ratio{${SLO}})`,
                limits: { warning: 0.5, critical: 0.1, below: true },
              },
              {
                name: 'Burn rate, 1 hour',
                query: `max by (slo) (${burn('1h')})`,
                limits: { warning: 1, critical: 14.4 },
              },
              { name: 'Burn rate, 1 day', query: `max by (slo) (${burn('1d')})`, limits: { warning: 1, critical: 3 } },
            ],
          }),
          timeSeries({
            title: 'Budget left',
            description: 'Below 0 it is spent.',
            unit: 'share',
            queries: { '{{slo}}': `slo:budget_left:ratio{${SLO}}` },
            max: 1,
            fromZero: false,
            width: 24,
          }),
        ],
      },
      {
        title: 'Requests that break them',
        panels: [
          timeSeries({ title: 'Burn rate, 5 minutes', queries: { '{{slo}}': burn('5m') } }),
          timeSeries({
            title: 'Burn rate, 1 hour',
            description: 'At 14.4, two per cent of the budget go in an hour.',
            queries: { '{{slo}}': burn('1h') },
            limits: { critical: 14.4 },
          }),
          timeSeries({
            title: 'Burn rate, 6 hours',
            queries: { '{{slo}}': burn('6h') },
            limits: { critical: 6 },
          }),
          timeSeries({
            title: 'Share of requests, 3 days',
            unit: 'share',
            queries: { '{{slo}}': `slo:requests_broken:ratio_rate3d{${SLO}}`, '{{slo}} may': `slo:budget{${SLO}}` },
          }),
        ],
      },
    ],
  });
}
