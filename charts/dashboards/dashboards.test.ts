import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type DashboardName, TITLES, uidOf } from './dashboard.ts';
import { compareDashboards, dashboardFiles } from './files.ts';
import { metricNames, queriesOf } from './queries.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What the tests read of a dashboard. */
interface Model {
  readonly uid: string;
  readonly title: string;
  readonly links: readonly { readonly url?: string }[];
  readonly templating: { readonly list?: readonly { readonly name: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly gridPos: Rectangle;
  }[];
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const files = dashboardFiles();
const texts = [...files.values()];
const models = texts.map((text) => JSON.parse(text) as Model);

it('the committed JSON is what "npm run dashboards" writes', () => {
  expect(compareDashboards(ROOT, files)).toEqual({ added: [], changed: [], removed: [] });
});

it.each(models)('$title: every query is PromQL', (model) => {
  const queries = queriesOf(model);
  expect(queries.length).toBeGreaterThan(4);
  for (const query of queries) metricNames(query, model.title);
});

it.each(models)('$title: every variable of a query is one of the dashboard', (model) => {
  const known = new Set(['__rate_interval', ...(model.templating.list ?? []).map(({ name }) => name)]);
  const used = [
    ...queriesOf(model)
      .join('\n')
      .matchAll(/\$(\w+)/g),
  ].map(([, name]) => name);
  expect(used.filter((name = '') => !known.has(name))).toEqual([]);
});

it('uids differ, and links lead to dashboards', () => {
  const uids = models.map(({ uid }) => uid);
  expect(new Set(uids).size).toBe(uids.length);
  const linked = texts.flatMap((text) => [...text.matchAll(/"\/d\/([\w-]+)/g)].map(([, uid]) => uid));
  expect(linked.length).toBeGreaterThan(uids.length);
  // A fork may have removed some of them: Grafana leaves out links to what a cluster does not have.
  const all = new Set((Object.keys(TITLES) as DashboardName[]).map(uidOf));
  expect(linked.filter((uid) => !all.has(uid ?? ''))).toEqual([]);
});

it.each(models)('$title: panels have different numbers, fit the width and do not overlap', ({ panels }) => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const [i, { gridPos: one, title }] of panels.entries()) {
    expect(one.x + one.w, title).toBeLessThanOrEqual(24);
    for (const { gridPos: other } of panels.slice(0, i)) expect(overlap(one, other), title).toBe(false);
  }
});

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
