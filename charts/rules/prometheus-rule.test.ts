import { expect, it } from 'vitest';
import { Component } from '../component.ts';
import { at } from '../lib/manifest.ts';
import { manifestsOf } from '../render/manifests.ts';
import { prometheusRule } from './prometheus-rule.ts';
import type { RuleGroup } from './rule.ts';

class Shop extends Component {
  constructor() {
    super('shop', { tier: 'apps' });
  }
}

/** What is added for these groups: the group of each PrometheusRule. */
function groupsOf(groups: readonly RuleGroup[]): readonly unknown[] {
  const shop = new Shop();
  shop.dns = [];
  prometheusRule(shop, shop, groups, (page) => `https://example.com/${page}`);
  return manifestsOf(shop).manifests.flatMap((m) =>
    m.kind === 'PrometheusRule'
      ? [{ name: m.metadata.name, namespace: m.metadata.namespace, groups: at(m, 'spec', 'groups') }]
      : [],
  );
}

const ALERT = { expr: 'up == 0', severity: 'warning', summary: 's', impact: 'i', runbook: 'shop' } as const;

it('rules of a component are one PrometheusRule in its namespace, which alerts about the component name, recordings first', () => {
  const groups = [
    {
      name: 'shop',
      alerts: { Down: { ...ALERT, for: '5m' }, Gone: { ...ALERT, about: 'component' as const } },
      recordings: [
        { record: 'shop:up:sum', expr: 'sum(up)', labels: { team: 'shop' } },
        { record: 'shop:up:max', expr: 'max(up)' },
      ],
    },
    { name: 'empty' },
  ];
  const labels = { severity: 'warning' };
  const annotations = { summary: 's', impact: 'i', runbook_url: 'https://example.com/shop' };
  expect(groupsOf(groups)).toEqual([
    {
      name: 'shop',
      namespace: 'shop',
      groups: [
        {
          name: 'shop',
          rules: [
            { record: 'shop:up:sum', expr: 'sum(up)', labels: { team: 'shop' } },
            { record: 'shop:up:max', expr: 'max(up)' },
            { alert: 'Down', expr: 'up == 0', for: '5m', labels, annotations },
            { alert: 'Gone', expr: 'up == 0', labels: { ...labels, namespace: 'shop' }, annotations },
          ],
        },
        { name: 'empty', rules: [] },
      ],
    },
  ]);
});

it('a component without rules has no PrometheusRule', () => {
  expect(groupsOf([])).toEqual([]);
});
