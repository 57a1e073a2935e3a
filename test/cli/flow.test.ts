import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CODE_FILE } from '../../charts/code.ts';
import { fleet as command } from '../../cli/fleet/command.ts';
import { flowOf } from '../../cli/fleet/flow.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP, PINS, pinsOf } from './fleet-folder.ts';

const HOLD = {
  commit: '1'.repeat(40),
  sha256: '2'.repeat(64),
  because: 'the audit of the year',
  by: 'Ann <ann@example.com>',
  until: '2099-12-31',
};
const EXCEPTION = { version: 'v3.6.0', because: 'old clients need a header', until: '2099-12-31' };

let fleet: FleetFolder;
beforeEach(async () => {
  fleet = new FleetFolder();
  fleet.add('a', LAPTOP);
  fleet.add('b', { ...LAPTOP, domain: 'other.localhost' });
  await synth(fleet, []);
});
afterEach(() => fleet.remove());

describe('slipway fleet', () => {
  it('says what a ring is behind, and which exceptions, holds and pinned code there are', async () => {
    fleet.pin('a', { ...pinsOf(LAPTOP), whoami: { ...PINS['whoami'], version: '7.0.0' } });
    fleet.write('clusters/b/pins.json', JSON.stringify({ traefik: EXCEPTION }));
    fleet.write('clusters/b/holds.json', JSON.stringify({ gateway: HOLD }));
    fleet.write(CODE_FILE, JSON.stringify({ b: { commit: HOLD.commit, sha256: HOLD.sha256 } }));
    expect(await flowOf(fleet, ['a', 'b'])).toMatchObject({
      behind: [{ ring: 'b', component: 'whoami', before: 'a', versions: `${PINS['whoami']?.version} → 7.0.0` }],
      exceptions: [{ cluster: 'b', pin: 'traefik', version: 'v3.6.0', ring: PINS['traefik']?.version }],
      holds: [{ cluster: 'b', component: 'gateway', by: HOLD.by, until: HOLD.until }],
      code: [{ ring: 'b', commit: HOLD.commit }],
    });
    const text = (await command(fleet, [], {})).replaceAll(/\s+/g, ' ');
    expect(text).toContain(`» b is behind a: whoami ${PINS['whoami']?.version} → 7.0.0`);
    expect(text).toContain('» b has traefik v3.6.0, its ring v3.7.11, until 2099-12-31: old clients need a header');
    expect(text).toContain(
      '» b holds gateway as of 1111111111, until 2099-12-31, by Ann <ann@example.com>: the audit of',
    );
    expect(text).toContain('» b is rendered by the code of 1111111111');
    const file = join(fleet.root, 'fleet.md');
    await command(fleet, [], { markdown: file });
    expect(fleet.read('fleet.md')).toContain('- `b is behind a: whoami');
  });

  it('says nothing of clusters that are not asked for', async () => {
    fleet.write('clusters/b/pins.json', JSON.stringify({ traefik: EXCEPTION }));
    expect(await flowOf(fleet, ['a'])).toEqual({ behind: [], exceptions: [], holds: [], code: [] });
    expect(await command(fleet, [], {})).toContain('»');
    expect(await command(fleet, ['a'], {})).not.toContain('»');
  });

  it('needs no rings', async () => {
    fleet.remove('clusters');
    mkdirSync(join(fleet.root, 'clusters'));
    expect(await flowOf(fleet, ['a', 'b'])).toBeUndefined();
    expect(await command(fleet, [], {})).toContain('Fleet: 2 clusters');
  });
});
