import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { type DrawnDashboard, pictureOf } from './dashboard-picture.ts';

it('the picture in docs/monitoring.md is of the dashboard as it is', async () => {
  const file = join(REPOSITORY, 'charts/components/kube-state-metrics/dashboards/workload.json');
  const dashboard = JSON.parse(readFileSync(file, 'utf8')) as DrawnDashboard;
  // Written by `npx vitest run test/docs/dashboard-picture.test.ts -u`.
  await expect(pictureOf(dashboard)).toMatchFileSnapshot(join(REPOSITORY, 'docs/images/dashboard.svg'));
});
