import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import { rollback } from '../../cli/holds/rollback.ts';
import { checkDist } from '../../cli/check-dist.ts';
import { clusterOf, HoldFleet, REASON } from './hold-fleet.ts';

const ONE = { cluster: 'one' } as const;
const PAIR = { ring: 'pair' } as const;
const EXCEPTIONS = 'clusters/one/pins.json';
const RING_PINS = 'clusters/pins/pair/whoami.json';

let fleet: HoldFleet;
/** The commit with whoami 1.0.0. */
let first: string;

/** Moves whoami in the ring to a version, and commits that. */
async function moved(version: string): Promise<string> {
  fleet.move('whoami', 'whoami', version);
  return fleet.commit(`whoami ${version}`);
}

const scaled = (replicas: number): ClusterFile => ({ ...clusterOf('one'), services: { whoami: { replicas } } });

function imageOf(cluster: string): string {
  return (
    /image: ghcr.io\/example\/slipway\/(whoami\S+)/.exec(
      fleet.read(`dist/${cluster}/whoami/Deployment.whoami.yaml`),
    )?.[1] ?? ''
  );
}

const exceptions = (): unknown => JSON.parse(fleet.read(EXCEPTIONS));

describe('slipway rollback', () => {
  beforeAll(async () => {
    fleet = await HoldFleet.make({ one: scaled(1), two: clusterOf('two') });
  });
  beforeEach(() => {
    fleet.restore();
    first = fleet.head();
  });
  afterAll(() => fleet.remove());

  it('goes back by the pins of a ring, if these alone give the same bytes', async () => {
    const was = [fleet.texts('one', 'whoami'), fleet.texts('two', 'whoami')];
    await moved('1.1.0');
    const printed = await fleet.rollback('whoami', PAIR);
    expect(printed).toMatch(/restart Deployment whoami\/whoami \[all 2 clusters\][^]*Committed [0-9a-f]+ on main/);
    expect([fleet.texts('one', 'whoami'), fleet.texts('two', 'whoami')]).toEqual(was);
    expect(fleet.last()).toEqual({
      message: `Roll whoami back to ${first.slice(0, 7)} in one, two, by its pins\n\nit leaks memory`,
      files: [
        `M\t${RING_PINS}`,
        'M\tdist/one/whoami/Deployment.whoami.yaml',
        'M\tdist/two/whoami/Deployment.whoami.yaml',
      ],
    });
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('goes back by an exception of one cluster, which says why and until when', async () => {
    await moved('1.1.0');
    await fleet.rollback('whoami', ONE);
    expect([imageOf('one'), imageOf('two')]).toEqual(['whoami:1.0.0', 'whoami:1.1.0']);
    expect(fleet.last().files).toEqual([`A\t${EXCEPTIONS}`, 'M\tdist/one/whoami/Deployment.whoami.yaml']);
    expect(exceptions()).toEqual({ whoami: { version: '1.0.0', ...REASON } });
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('goes back from an exception by removing it, and by giving it again', async () => {
    fleet.write(EXCEPTIONS, JSON.stringify({ whoami: { version: '0.9.0', ...REASON } }));
    await fleet.commit('Except whoami');
    await fleet.rollback('whoami', ONE);
    expect(fleet.last().files).toEqual([`D\t${EXCEPTIONS}`, 'M\tdist/one/whoami/Deployment.whoami.yaml']);
    expect(imageOf('one')).toBe('whoami:1.0.0');
    await fleet.rollback('whoami', { ...ONE, because: 'the second reason' });
    expect(exceptions()).toEqual({ whoami: { version: '0.9.0', ...REASON, because: 'the second reason' } });
  });

  it('keeps the exceptions of other pins', async () => {
    fleet.write(EXCEPTIONS, JSON.stringify({ traefik: { version: 'v3.6.0', ...REASON } }));
    await fleet.commit('Except traefik');
    await moved('1.1.0');
    await fleet.rollback('whoami', ONE);
    expect(exceptions()).toMatchObject({ traefik: { version: 'v3.6.0' }, whoami: { version: '1.0.0' } });
    await fleet.rollback('whoami', ONE);
    expect(exceptions()).toEqual({ traefik: { version: 'v3.6.0', ...REASON } });
  });

  it('removes an exception that says what the ring says again', async () => {
    fleet.write(EXCEPTIONS, JSON.stringify({ whoami: { version: '1.0.0', ...REASON } }));
    await moved('1.1.0');
    expect([imageOf('one'), imageOf('two')]).toEqual(['whoami:1.0.0', 'whoami:1.1.0']);
    await fleet.rollback('whoami', PAIR);
    expect(fleet.last().files).toEqual([
      `D\t${EXCEPTIONS}`,
      `M\t${RING_PINS}`,
      'M\tdist/two/whoami/Deployment.whoami.yaml',
    ]);
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('goes back by a hold if values have changed too', async () => {
    const was = fleet.texts('one', 'whoami');
    fleet.change('one', scaled(2));
    await moved('1.1.0');
    await fleet.rollback('whoami', ONE);
    expect(fleet.texts('one', 'whoami')).toEqual(was);
    expect(fleet.last()).toEqual({
      message: `Roll whoami back to ${first.slice(0, 7)} in one, by a hold until 2099-12-31\n\nit leaks memory`,
      files: [
        'A\tclusters/one/holds.json',
        'M\tdist/one/whoami/Deployment.whoami.yaml',
        'D\tdist/one/whoami/PodDisruptionBudget.whoami.yaml',
      ],
    });
    expect(fleet.holdsOf('one')).toMatchObject({ whoami: { commit: first, by: 'Ann <ann@example.com>', ...REASON } });
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('goes back by a hold to what charts do not render any more', async () => {
    const file = 'dist/one/whoami/Service.whoami.yaml';
    const text = `${fleet.read(file)}# of an earlier chart\n`;
    fleet.write(file, text);
    fleet.git('commit', '--quiet', '--all', '--message', 'An earlier chart');
    await moved('1.1.0');
    await fleet.rollback('whoami', ONE);
    expect(fleet.read(file)).toBe(text);
    expect(fleet.last().message).toContain('by a hold');
  });

  it('goes back by a hold if the ring had no such pins at that commit', async () => {
    fleet.git('rm', '--quiet', RING_PINS);
    fleet.git('commit', '--quiet', '--message', 'Pins of another form');
    const target = fleet.head();
    fleet.git('checkout', '--quiet', first, '--', RING_PINS);
    await moved('1.1.0');
    await fleet.rollback('whoami', { ...PAIR, to: target });
    expect(fleet.last().message).toContain('by a hold');
    expect([imageOf('one'), imageOf('two')]).toEqual(['whoami:1.0.0', 'whoami:1.0.0']);
  });

  it('goes back further by --steps, and to a commit by --to', async () => {
    await moved('1.1.0');
    fleet.change('one', { ...scaled(1), gateway: { replicas: 2 } });
    await fleet.commit('Another component');
    await moved('1.2.0');
    await fleet.rollback('whoami', { ...PAIR, steps: '2', 'dry-run': true });
    expect(imageOf('one')).toBe('whoami:1.2.0');
    await fleet.rollback('whoami', { ...PAIR, steps: '2' });
    expect(imageOf('one')).toBe('whoami:1.0.0');
    // The rollback is a change itself.
    await fleet.rollback('whoami', PAIR);
    expect(imageOf('one')).toBe('whoami:1.2.0');
    await fleet.rollback('whoami', { ...PAIR, to: 'HEAD~3' });
    expect(imageOf('one')).toBe('whoami:1.1.0');
    expect(fleet.read('dist/one/gateway/Deployment.gateway.yaml')).toContain('replicas: 2');
  });

  it('counts a merge as one change, whatever its branch did', async () => {
    fleet.git('switch', '--quiet', '--create', 'topic');
    await moved('1.1.0');
    await moved('1.2.0');
    fleet.git('switch', '--quiet', 'main');
    fleet.git('commit', '--quiet', '--allow-empty', '--message', 'Meanwhile');
    fleet.git('merge', '--quiet', '--no-ff', '--no-edit', 'topic');
    fleet.git('branch', '--quiet', '--delete', 'topic');
    expect(imageOf('one')).toBe('whoami:1.2.0');
    await fleet.rollback('whoami', ONE);
    expect(imageOf('one')).toBe('whoami:1.0.0');
  });

  it('replaces a hold by one of what was before', async () => {
    fleet.change('one', scaled(2));
    await moved('1.1.0');
    await fleet.hold('whoami', ONE);
    await fleet.rollback('whoami', { ...ONE, because: 'it goes on leaking' });
    expect(imageOf('one')).toBe('whoami:1.0.0');
    expect(fleet.holdsOf('one')).toMatchObject({ whoami: { commit: first, because: 'it goes on leaking' } });
  });

  it.each([
    [
      '2',
      'there are not as many renderings of whoami before this one\n  at:   dist/one/whoami\n  seen: 1 of 2\n  fix:  go back fewer steps',
    ],
    ['7', 'seen: 1 of 7'],
    ['0', '--steps takes a number from 1\n  at:   the command line\n  seen: 0'],
    ['-1', '--steps takes a number from 1'],
    ['1.5', '--steps takes a number from 1'],
    ['two', '--steps takes a number from 1'],
    ['', '--steps takes a number from 1'],
  ])('refuses --steps %s', async (steps, message) => {
    await moved('1.1.0');
    expect(await fleet.refusalOf(() => fleet.rollback('whoami', { ...ONE, steps }))).toContain(message);
  });

  it.each<[string, Parameters<HoldFleet['rollback']>[1], string]>([
    ['whoami', { ...ONE, to: 'HEAD' }, 'whoami is in one as it was at that commit\n  at:   '],
    ['whoami', { ...ONE, to: 'HEAD~9' }, 'there is no commit "HEAD~9"'],
    ['whoami', ONE, 'seen: 0 of 1'],
    ['whomai', ONE, 'did you mean "whoami"?'],
    ['whoami', { ...ONE, until: '2020-01-01' }, '--until is past'],
    ['whoami', { ...ONE, because: '' }, '--because is invalid'],
    ['whoami', {}, 'seen: neither'],
  ])('refuses %s %o', async (component, options, message) => {
    expect(await fleet.refusalOf(() => fleet.rollback(component, options))).toContain(message);
  });

  it('refuses what has come with a commit after the one that is named', async () => {
    fleet.change('one', { ...scaled(1), services: { whoami: { replicas: 1 }, items: { replicas: 1 } } });
    fleet.write('clusters/pins/pair/items.json', fleet.read(RING_PINS).replaceAll('whoami', 'items'));
    await fleet.commit('Add items');
    const refusal = (to?: string) => fleet.refusalOf(() => fleet.rollback('items', { ...ONE, to }));
    expect(await refusal(first)).toContain('one had no component "items" at that commit');
    expect(await refusal()).toContain('there are not as many renderings of items before this one');
  });

  it('refuses a field that the API server does not change', async () => {
    const labels = { 'example.com/color': 'blue' };
    const override = {
      object: 'Deployment whoami/whoami',
      patch: { spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } } },
      because: 'a test of what is immutable',
    };
    fleet.change('one', { ...scaled(1), overrides: [override] });
    await fleet.commit('Color');
    expect(await fleet.refusalOf(() => fleet.rollback('whoami', ONE))).toMatch(
      /^Deployment whoami\/whoami does not go back: .*selector[^]* {2}at: {3}one\n {2}fix: /,
    );
  });

  it('refuses a shallow clone, whose history is not known', async () => {
    await moved('1.1.0');
    const folder = join(fleet.root, 'shallow');
    fleet.git('clone', '--quiet', '--depth', '1', `file://${fleet.root}`, folder);
    const { repository, importer } = fleet;
    const shallow = { root: folder, dist: join(folder, 'dist'), repository, importer };
    await expect(rollback(shallow, 'whoami', { ...ONE, ...REASON, steps: '1' })).rejects.toThrow(
      'git fetch --unshallow',
    );
  });
});

describe('slipway rollback of instances with data', () => {
  const mongo = { size: '2Gi', dumpSize: '2Gi', memory: '768Mi' };
  const withData = (size = '2Gi'): ClusterFile => ({
    ...clusterOf('one'),
    objectStore: { size: '5Gi' },
    velero: { schedule: '0 2 * * *', retentionDays: 3 },
    mongo: { mongo, analytics: { ...mongo, size } },
    services: { whoami: { replicas: 1 } },
  });
  const version = async (pin: string, to: string): Promise<string> => {
    fleet.move('mongo', pin, to);
    return fleet.commit(`${pin} ${to}`);
  };
  const versionOf = (component: string): string =>
    /image: docker.io\/library\/mongo:(\S+)/.exec(
      fleet.read(`dist/one/${component}/StatefulSet.${component}.yaml`),
    )?.[1] ?? '';

  beforeAll(async () => {
    fleet = await HoldFleet.make({ one: withData() });
  });
  beforeEach(() => {
    fleet.restore();
    first = fleet.head();
  });
  afterAll(() => fleet.remove());

  it.each(['8.1.0', '9.0.0'])('refuses what would read the data of %s', async (newer) => {
    await version('mongo', newer);
    const older = new RegExp(
      `goes back from ${newer} to 8.0.29, with a volume[^]*at: {3}one\n {2}fix: {2}restore a backup`,
    );
    expect(await fleet.refusalOf(() => fleet.rollback('mongo', PAIR))).toMatch(older);
    expect(await fleet.refusalOf(() => fleet.rollback('mongo-analytics', ONE))).toMatch(older);
    expect(await fleet.refusalOf(() => fleet.hold('mongo', { ...ONE, at: first }))).toMatch(older);
  });

  it('takes one instance alone back to a patch before, by a hold, since instances share their pins', async () => {
    await version('mongo', '8.0.30');
    await fleet.rollback('mongo-analytics', ONE);
    expect([versionOf('mongo'), versionOf('mongo-analytics')]).toEqual(['8.0.30', '8.0.29']);
    expect(fleet.last().message).toContain('Roll mongo-analytics back');
    expect(fleet.holdsOf('one')).toHaveProperty('mongo-analytics');
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('refuses to shrink a volume', async () => {
    fleet.change('one', withData('4Gi'));
    // Its StorageClass does not grow volumes: the cluster is made again.
    fleet.remove('dist/one');
    await fleet.commit('Grow');
    expect(await fleet.refusalOf(() => fleet.rollback('mongo-analytics', ONE))).toMatch(
      /^PersistentVolumeClaim mongo-analytics\/data-mongo-analytics-0 would shrink, which no volume can\n {2}at: {3}cluster one, PersistentVolumeClaim [^\n]*\n {2}seen: 2Gi; dist has 4Gi\n {2}fix: {2}hold what it has been since it has that size/,
    );
  });
});
