import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dashboardFiles } from '../../charts/dashboards/files.ts';
import { metricNames, queriesOf } from '../../charts/dashboards/queries.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { knownMetrics, listedAs } from './known-metrics.ts';

const known = knownMetrics();

// Without the lists of exporters nothing can be compared.
it.skipIf(!existsSync(join(REPOSITORY, 'charts', 'rules', 'metrics'))).each([...dashboardFiles()])(
  '%s reads only metrics that exist',
  (path, text) => {
    const names = new Set(queriesOf(JSON.parse(text)).flatMap((query) => metricNames(query, path)));
    expect([...names].filter((name) => !listedAs(name).some((one) => known.has(one)))).toEqual([]);
  },
);
