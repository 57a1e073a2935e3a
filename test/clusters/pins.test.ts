import { describe, expect, it } from 'vitest';
import { loadRings } from '../../cli/rings.ts';
import { pinFilesOf } from '../../cli/pin-files.ts';
import { importerOf, REPOSITORY } from '../lib/load-fleet.ts';

/** Components whose images are released with their repository. */
const TOGETHER = new Set(['cert-manager', 'external-secrets', 'velero', 'prometheus-operator']);

/** Images that are released by themselves. */
const APART = /^velero-plugin-/;

// That they are all used is an error of synth.
describe.each(await loadRings(REPOSITORY, importerOf(REPOSITORY)))('the pins of the ring $name', ({ name }) => {
  const files = pinFilesOf(REPOSITORY, name);

  it.each(files.filter(({ component }) => TOGETHER.has(component)))(
    'of the definitions and controllers of $component have one version',
    ({ pins }) => {
      const together = Object.entries(pins).filter(([pin]) => !APART.test(pin));
      expect(new Set(together.map(([, { version }]) => version)).size).toBe(1);
    },
  );

  it.each(files)('of $component are sorted by name', ({ pins }) => {
    expect(Object.keys(pins)).toEqual(Object.keys(pins).toSorted());
  });
});
