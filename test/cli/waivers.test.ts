import { afterEach, beforeEach, expect, it } from 'vitest';
import { waivers } from '../../cli/waivers.ts';
import { FleetFolder, LAPTOP } from './fleet-folder.ts';

let fleet: FleetFolder;

beforeEach(() => {
  fleet = new FleetFolder();
  fleet.add('a', {
    ...LAPTOP,
    manifests: {
      thing: { yaml: { folder: 'thing' }, podSecurity: { level: 'baseline', because: 'it reads files as root' } },
    },
    waivers: [{ object: 'Deployment thing/thing', invariant: 'every emptyDir has a size limit', because: 'a cache' }],
  });
  fleet.add('b', LAPTOP);
});
afterEach(() => fleet.remove());

it('slipway waivers lists objects, invariants and reasons, without rendering', async () => {
  expect(await waivers(fleet, [])).toBe(`a: Namespace thing
  need not meet: every namespace enforces Pod Security restricted
  because:       it reads files as root
a: Deployment thing/thing
  need not meet: every emptyDir has a size limit
  because:       a cache`);
});

it('slipway waivers says if a cluster has none', async () => {
  expect(await waivers(fleet, ['b'])).toBe('no waivers');
});
