import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { contentOf, difference } from './content.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-content-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const RULES = `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: shop }
spec:
  groups:
    - rules: [{ alert: ShopClosed, expr: up == 0 }, { record: shop:orders, expr: sum(orders) }]
    - rules: [{ alert: ShopSlow, expr: up == 1 }]
`;
const DASHBOARDS = {
  apiVersion: 'v1',
  kind: 'ConfigMapList',
  metadata: {},
  items: ['shop', 'till'].map((name) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { [`${name}.json`]: '{"panels": [{}]}', 'settings.json': '{}', 'notes.txt': 'text' },
  })),
};

it('counts alerts, recording rules and dashboards of YAML and JSON, and objects of lists one by one', () => {
  const files = [file('rules.yaml', RULES), file('dashboards', JSON.stringify(DASHBOARDS))];
  expect(contentOf(files)).toEqual({
    files: 2,
    bytes: RULES.length + JSON.stringify(DASHBOARDS).length,
    objects: 3,
    definitions: 0,
    alerts: 2,
    recorded: 1,
    dashboards: 2,
  });
  expect(difference(contentOf(files), contentOf(files.slice(1)))).toMatchObject({ files: 1, alerts: 2, dashboards: 0 });
});
