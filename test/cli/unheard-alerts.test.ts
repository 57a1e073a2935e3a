import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkDist } from '../../cli/check-dist.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP } from './fleet-folder.ts';

const team = { webhook: { url: 'https://hooks.example.com/alerts' } };

describe('slipway synth', () => {
  let fleet: FleetFolder;
  beforeEach(() => {
    fleet = new FleetFolder();
  });
  afterEach(() => fleet.remove());

  /** Adds a laptop with these sections. */
  const add = (name: string, sections: object): void =>
    fleet.add(name, { ...LAPTOP, domain: `${name}.localhost`, ...sections });

  it('names the clusters whose critical alerts go to nobody, in one line', async () => {
    add('a', { prometheus: {} });
    add('b', { prometheus: {}, alertmanager: {} });
    add('c', { prometheus: {}, alertmanager: { receivers: { team }, warning: 'team' } });
    add('d', { prometheus: {}, alertmanager: { receivers: { team }, critical: 'team' } });
    expect(await synth(fleet, [])).toMatch(
      /^a, b, c: critical alerts go to nobody: set "alertmanager\.critical"\n4 clusters, /m,
    );
    expect((await checkDist(fleet, [])).text).toMatch(/^4 clusters, \d+ files: dist is up to date$/m);
  });

  it('says nothing of clusters that have no alerts, or a receiver of critical ones', async () => {
    add('a', {});
    add('b', { prometheus: {}, alertmanager: { receivers: { team }, critical: 'team' } });
    const text = await synth(fleet, []);
    expect(text).toMatch(/^2 clusters, /m);
    expect(text).not.toContain('go to nobody');
  });

  it('says it only of the clusters that are asked for', async () => {
    add('a', { prometheus: {} });
    add('b', { prometheus: {} });
    expect(await synth(fleet, ['b'])).toMatch(/^b: critical alerts go to nobody/m);
  });
});
