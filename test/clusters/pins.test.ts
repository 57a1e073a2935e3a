import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Pin } from '../../charts/pins.ts';
import { loadFleet } from '../lib/load-fleet.ts';

const fleet = await loadFleet();

/** Pins of one release of one project, which are updated together. */
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

// That they are all used is an error of synth.
describe.each(fleet)('the pins of $name', (cluster) => {
  const pins = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'clusters', cluster.name, 'pins.json'), 'utf8'),
  ) as Record<string, Pin>;

  it.each(TOGETHER)('of the definitions and controllers of %s have one version', (...names) => {
    expect(new Set(names.map((name) => pins[name]?.version)).size).toBe(1);
  });

  it('are sorted by name, so that two branches rarely change the same line', () => {
    expect(Object.keys(pins)).toEqual(Object.keys(pins).toSorted());
  });
});
