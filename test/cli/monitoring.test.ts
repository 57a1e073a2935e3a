import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monitoring } from '../../cli/monitoring.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP } from './fleet-folder.ts';

const RULE = 'a/prometheus/PrometheusRule.prometheus.yaml';
const DASHBOARD = 'a/grafana/ConfigMap.dashboard-slipway-fleet.yaml';
const OTHER = 'a/prometheus/Prometheus.main.yaml';

describe('slipway monitoring', () => {
  let fleet: FleetFolder;
  const path = (file: string): string => join(fleet.dist, file);
  beforeEach(async () => {
    fleet = new FleetFolder();
    fleet.add('a', { ...LAPTOP, prometheus: {}, grafana: {} });
    await synth(fleet, []);
  });
  afterEach(() => fleet.remove());

  it('writes rules and dashboards, and nothing else', async () => {
    rmSync(path(DASHBOARD));
    for (const file of [RULE, OTHER]) writeFileSync(path(file), 'edited');
    writeFileSync(path('a/prometheus/PrometheusRule.gone.yaml'), 'of a component that is gone');
    expect(await monitoring(fleet, [])).toMatch(
      new RegExp(
        `^  added:   ${DASHBOARD}\n  changed: ${RULE}\n  removed: a/prometheus/PrometheusRule\\.gone\\.yaml\n1 cluster, \\d+ files with rules or dashboards: 3 written or removed$`,
      ),
    );
    expect(readFileSync(path(RULE), 'utf8')).toContain('alert: Watchdog');
    expect(readFileSync(path(OTHER), 'utf8')).toBe('edited');
  });

  it('says so if all of them are up to date', async () => {
    expect(await monitoring(fleet, ['a'])).toMatch(/^1 cluster, \d+ files with rules or dashboards: up to date$/);
  });
});
