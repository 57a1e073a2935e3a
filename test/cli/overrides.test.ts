import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listing, overrides, overridesOf } from '../../cli/overrides.ts';
import { synth } from '../../cli/synth.ts';
import type { Override } from '../../charts/overrides.ts';
import { Overrides } from '../../charts/render/overrides.ts';
import { FleetFolder, IN_CLOUD, LAPTOP } from './fleet-folder.ts';

const CHANGED: Override = {
  object: 'Deployment whoami/whoami',
  patch: { spec: { minReadySeconds: 10 } },
  because: 'the load test of May',
};

describe('slipway overrides', () => {
  let fleet: FleetFolder;
  beforeEach(() => {
    fleet = new FleetFolder();
  });
  afterEach(() => fleet.remove());

  it('lists the overrides of each cluster, and says which has none', async () => {
    fleet.add('a', { ...LAPTOP, overrides: [CHANGED] });
    fleet.add('b', LAPTOP);
    expect(await overrides(fleet, [])).toMatch(
      /^a: 1 override\n {2}Deployment whoami\/whoami \(clusters\/a\/cluster\.ts:\d+\)\n {4}spec\.minReadySeconds: \(absent\) → 10\n {4}because: the load test of May\nb: no overrides$/m,
    );
  });

  it('lists only the given cluster', async () => {
    fleet.add('a', { ...LAPTOP, overrides: [CHANGED] });
    fleet.add('b', LAPTOP);
    expect(await overrides(fleet, ['b'])).toBe('b: no overrides');
  });

  it('says that a cluster without facts is not rendered', async () => {
    fleet.add('a', IN_CLOUD);
    expect(await overrides(fleet, [])).toBe('a: no facts.json yet: not rendered');
  });

  it('are counted by slipway synth, only if there are any', async () => {
    fleet.add('b', { ...LAPTOP, domain: 'b.localhost' });
    expect(await synth(fleet, [])).toMatch(/^1 cluster, \d+ files: \d+ added \(\d+ ms\)$/m);
    fleet.add('a', { ...LAPTOP, overrides: [CHANGED] });
    expect(await synth(fleet, [])).toMatch(
      /^2 clusters, \d+ files: \d+ added, \d+ unchanged; 1 override in force \(\d+ ms\)$/m,
    );
  });
});

describe('the list of overrides', () => {
  /** The lines of the changes that a patch makes. */
  function lines(spec: object, patch: Override['patch']): string[] {
    const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' }, spec };
    const applied = new Overrides([{ object: 'Thing x', patch, because: 'a test of lists' }], () => 'cluster.ts:1');
    applied.applyTo([{ name: 'x', manifests: [object] }]);
    return listing(overridesOf('a', applied.report()))
      .split('\n')
      .filter((line) => line.startsWith('    spec'))
      .map((line) => line.trim());
  }

  it('shows values that are replaced, added, removed and inserted', () => {
    const spec = { replicas: 2, paused: true, args: ['--a'] };
    expect(
      lines(spec, { spec: { replicas: 3, paused: null, labels: { 'a.b/c': 'd' }, args: ['--a', '--b'] } }),
    ).toEqual(
      expect.arrayContaining([
        'spec.replicas: 2 → 3',
        'spec.paused: true → (absent)',
        'spec.labels["a.b/c"]: (absent) → "d"',
        'spec.args[1]: inserted "--b"',
      ]),
    );
  });

  it('shortens a long value', () => {
    expect(lines({}, { spec: { text: 'x'.repeat(100) } })).toEqual([`spec.text: (absent) → "${'x'.repeat(59)}…`]);
  });

  it('shows where long values differ', () => {
    const text = (middle: string): string => `${'x'.repeat(100)} ${middle} ${'y'.repeat(100)}`;
    const [line = ''] = lines({ text: text('old') }, { spec: { text: text('new') } });
    expect(line).toMatch(/^spec\.text: …x{14} old y+… → …x{14} new y+…$/m);
  });
});
