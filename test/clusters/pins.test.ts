import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compose } from '../../charts/cluster.ts';
import type { Pin } from '../../charts/pins.ts';
import { loadFleet } from '../lib/load-fleet.ts';

const fleet = await loadFleet();

/** Pins that come from one release of one project, so they move together. */
const TOGETHER = [
  [
    'cert-manager',
    'cert-manager-controller',
    'cert-manager-webhook',
    'cert-manager-cainjector',
    'cert-manager-acmesolver',
  ],
  ['external-secrets', 'external-secrets-controller'],
  ['velero', 'velero-server'],
];

describe.each(fleet)('the pins of $name', (cluster) => {
  const pins = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'clusters', cluster.name, 'pins.json'), 'utf8'),
  ) as Record<string, Pin>;

  it('are all in use', () => {
    compose(cluster);
    expect(cluster.pins.unused()).toEqual([]);
  });

  it.each(TOGETHER)('have the definitions and the controllers of %s at one version', (...names) => {
    expect(new Set(names.map((name) => pins[name]?.version)).size).toBe(1);
  });

  it('stand in the order of their names, so that two branches rarely touch one line', () => {
    expect(Object.keys(pins)).toEqual(Object.keys(pins).toSorted());
  });
});
