import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterFile } from '../../charts/cluster-file.ts';
import { hold } from '../../cli/holds/hold.ts';
import { holds } from '../../cli/holds/holds.ts';
import { checkDist } from '../../cli/check-dist.ts';
import { synth } from '../../cli/synth.ts';
import { clusterOf, HoldFleet, REASON } from './hold-fleet.ts';

const HELD = { cluster: 'one' } as const;

/** Cluster one with a number of replicas of whoami: with two it has a PodDisruptionBudget. */
const scaled = (replicas: number): ClusterFile => {
  const file = clusterOf('one');
  return { ...file, services: { ...file.services, whoami: { replicas } } };
};

let fleet: HoldFleet;
/** The commit with two replicas; the one after has one. */
let first: string;
beforeAll(async () => {
  fleet = await HoldFleet.make({ one: scaled(2), two: clusterOf('two') });
});
beforeEach(() => {
  fleet.restore();
  first = fleet.head();
});
afterAll(() => fleet.remove());

async function scaledDown(): Promise<void> {
  fleet.change('one', scaled(1));
  await fleet.commit('One replica of whoami');
}

describe('slipway hold', () => {
  it('keeps what dist has now, in one commit of holds.json alone, by who commits', async () => {
    const printed = await fleet.hold('whoami', HELD);
    expect(printed).toMatch(/^Nothing changes in 1 cluster[^]*\nCommitted [0-9a-f]+ on main: push it/);
    expect(fleet.last()).toEqual({
      message: 'Hold whoami in one until 2099-12-31\n\nit leaks memory',
      files: ['A\tclusters/one/holds.json'],
    });
    expect(fleet.holdsOf('one')).toMatchObject({ whoami: { commit: first, by: 'Ann <ann@example.com>', ...REASON } });
    expect(fleet.git('status', '--porcelain')).toBe('');
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('brings back what dist had at a commit, with the files that were removed since then', async () => {
    const before = fleet.texts('one', 'whoami');
    await scaledDown();
    await fleet.hold('whoami', { ...HELD, at: first, by: 'Bob' });
    expect(fleet.texts('one', 'whoami')).toEqual(before);
    expect(fleet.last().files).toEqual([
      'A\tclusters/one/holds.json',
      'M\tdist/one/whoami/Deployment.whoami.yaml',
      'A\tdist/one/whoami/PodDisruptionBudget.whoami.yaml',
    ]);
    expect(fleet.holdsOf('one')).toMatchObject({ whoami: { commit: first, by: 'Bob' } });
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('removes the files that were added since then', async () => {
    await scaledDown();
    const down = fleet.texts('one', 'whoami');
    fleet.change('one', scaled(2));
    await fleet.commit('Two replicas of whoami');
    await fleet.hold('whoami', { ...HELD, at: 'HEAD~1' });
    expect(fleet.texts('one', 'whoami')).toEqual(down);
    expect(fleet.last().files).toContain('D\tdist/one/whoami/PodDisruptionBudget.whoami.yaml');
  });

  it('holds in those clusters of a ring that run the component', async () => {
    await fleet.hold('items', { ring: 'pair' });
    expect(fleet.last().files).toEqual(['A\tclusters/one/holds.json']);
    await fleet.hold('whoami', { ring: 'pair' });
    expect(fleet.last()).toEqual({
      message: 'Hold whoami in one, two until 2099-12-31\n\nit leaks memory',
      files: ['M\tclusters/one/holds.json', 'A\tclusters/two/holds.json'],
    });
    expect(Object.keys(fleet.holdsOf('one'))).toEqual(['items', 'whoami']);
  });

  it('replaces an earlier hold of the same component', async () => {
    await fleet.hold('items', HELD);
    await fleet.hold('whoami', HELD);
    await scaledDown();
    const up = fleet.texts('one', 'whoami');
    await fleet.release('whoami', HELD);
    await fleet.hold('whoami', { ...HELD, because: 'the second reason' });
    await fleet.hold('whoami', { ...HELD, at: first, because: 'the third reason', until: '2098-01-01' });
    expect(fleet.texts('one', 'whoami')).toEqual(up);
    expect(Object.keys(fleet.holdsOf('one'))).toEqual(['items', 'whoami']);
    const { because, until, commit } = fleet.holdsOf('one')['whoami']!;
    expect({ because, until, commit }).toEqual({ because: 'the third reason', until: '2098-01-01', commit: first });
  });

  it('writes nothing with --dry-run, and prints the plan', async () => {
    await scaledDown();
    const before = fleet.state();
    const printed = await fleet.hold('whoami', { ...HELD, at: first, 'dry-run': true });
    expect(printed).toMatch(/create {2}PodDisruptionBudget whoami\/whoami[^]*\nNothing was written: --dry-run$/);
    expect(fleet.state()).toBe(before);
  });

  it('works in a folder of a larger repository', async () => {
    await scaledDown();
    fleet.git('init', '--quiet', '--initial-branch', 'main', 'outer');
    const inner = (file: string): string => join('outer', 'platform', file);
    for (const folder of ['clusters', 'dist'])
      for (const file of fleet.filesBelow(folder))
        fleet.write(inner(`${folder}/${file}`), fleet.read(`${folder}/${file}`));
    const git = (...args: readonly string[]): string => fleet.git('-C', 'outer', ...args);
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Begin');
    const { repository, importer } = fleet;
    const folder = join(fleet.root, 'outer', 'platform');
    const larger = { root: folder, dist: join(folder, 'dist'), repository, importer };
    await hold(larger, 'whoami', { ...HELD, ...REASON });
    expect(git('show', '--format=', '--name-only', 'HEAD').trim()).toBe('platform/clusters/one/holds.json');
  });
});

describe('slipway hold refuses', () => {
  it.each<[string, Parameters<HoldFleet['hold']>[1], string]>([
    [
      'whomai',
      HELD,
      'one has no component "whomai"\n  at:   the command line\n  seen: whomai\n  fix:  did you mean "whoami"?',
    ],
    ['items', { cluster: 'two' }, 'two has no component "items"'],
    ['nothing', { ring: 'pair' }, 'one, two have no component "nothing"'],
    ['applications', HELD, 'one has no component "applications"'],
    ['cluster.json', HELD, 'one has no component "cluster.json"'],
    ['../two/whoami', HELD, 'one has no component "../two/whoami"'],
    ['gateway-api-crds', HELD, 'one has no objects of gateway-api-crds in dist'],
    ['whoami', { cluster: 'tow' }, 'there is no cluster "tow"'],
    [
      'whoami',
      { ring: 'piar' },
      'there is no ring "piar"\n  at:   the command line\n  seen: piar\n  fix:  did you mean "pair"?',
    ],
    ['whoami', {}, 'one of --cluster and --ring says it\n  at:   the command line\n  seen: neither'],
    ['whoami', { cluster: 'one', ring: 'pair' }, 'seen: both'],
    [
      'whoami',
      { ...HELD, until: 'soon' },
      '--until is invalid\n  at:   the command line\n  seen: "soon"\n  fix:  it must be a day',
    ],
    ['whoami', { ...HELD, until: '2026-02-30' }, '--until is invalid'],
    [
      'whoami',
      { ...HELD, until: '2020-01-01' },
      '--until is past\n  at:   the command line\n  seen: 2020-01-01; today is ',
    ],
    [
      'whoami',
      { ...HELD, because: 'a leak' },
      '--because is invalid\n  at:   the command line\n  seen: "a leak"\n  fix:  it must give the reason',
    ],
    ['whoami', { ...HELD, by: ' ' }, '--by is invalid'],
    ['whoami', { ...HELD, at: 'nowhere' }, 'there is no commit "nowhere"'],
  ])('%s %o', async (component, options, message) => {
    expect(await fleet.refusalOf(() => fleet.hold(component, options))).toContain(message);
  });

  it('a commit at which the cluster had no such component', async () => {
    fleet.change('two', { ...clusterOf('two'), services: { ...clusterOf('two').services, items: { replicas: 1 } } });
    await fleet.commit('Add items');
    expect(await fleet.refusalOf(() => fleet.hold('items', { cluster: 'two', at: first }))).toContain(
      'two had no component "items" at that commit',
    );
  });

  it('what is held so already', async () => {
    await fleet.hold('whoami', { ...HELD, at: first });
    expect(await fleet.refusalOf(() => fleet.hold('whoami', { ...HELD, at: first }))).toContain(
      'whoami is held so already in one',
    );
  });

  it('while something is not committed', async () => {
    fleet.write('clusters/two/notes.md', 'mine');
    expect(await fleet.refusalOf(() => fleet.hold('whoami', HELD))).toMatch(
      /not committed[^]*seen: \?\? clusters\/two\/notes.md/,
    );
  });

  it('on a detached HEAD', async () => {
    fleet.git('checkout', '--quiet', '--detach');
    expect(await fleet.refusalOf(() => fleet.hold('whoami', HELD))).toContain('HEAD is detached');
  });

  it('in a merge that is not finished', async () => {
    fleet.git('branch', 'other');
    await scaledDown();
    fleet.git('switch', '--quiet', 'other');
    fleet.git('commit', '--quiet', '--allow-empty', '--message', 'Other');
    fleet.git('merge', '--quiet', '--no-commit', '--no-ff', '--strategy', 'ours', 'main');
    fleet.change('one', scaled(2));
    fleet.git('reset', '--quiet', '--', '.');
    fleet.git('checkout', '--quiet', '--', '.');
    expect(await fleet.refusalOf(() => fleet.hold('whoami', HELD))).toMatch(/is not finished[^]*seen: MERGE_HEAD/);
  });

  it('while dist is out of date, since the commit would take that along', async () => {
    fleet.change('one', { ...scaled(2), gateway: { replicas: 2 } });
    fleet.git('commit', '--quiet', '--all', '--message', 'Forget to render');
    expect(await fleet.refusalOf(() => fleet.hold('whoami', HELD))).toContain('dist is out of date');
  });
});

describe('a held component', () => {
  it('stays through ten renders while its values, its versions and others change, and these arrive', async () => {
    const kept = fleet.texts('one', 'whoami');
    await fleet.hold('whoami', HELD);
    for (let i = 0; i < 10; i += 1) {
      fleet.move('whoami', 'whoami', `1.1.${i}`);
      fleet.move('items', 'items', `1.1.${i}`);
      fleet.change('one', {
        ...scaled(1 + (i % 3)),
        gateway: { replicas: 1 + (i % 2) },
        alerts: {},
      });
      await fleet.commit(`Change ${i}`);
      expect(fleet.texts('one', 'whoami')).toEqual(kept);
      expect(fleet.read('dist/one/items/Deployment.items.yaml')).toContain(`items:1.1.${i}`);
      expect(fleet.read('dist/two/whoami/Deployment.whoami.yaml')).toContain(`whoami:1.1.${i}`);
      expect(fleet.read('dist/one/gateway/Deployment.gateway.yaml')).toContain(`replicas: ${1 + (i % 2)}`);
    }
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it.each<[string, (file: string) => void]>([
    ['edited', (file) => appendFileSync(file, '# mine\n')],
    ['removed', (file) => rmSync(file)],
    ['added', (file) => appendFileSync(`${file}.more.yaml`, 'kind: Secret\n')],
  ])('is not rendered with a file that was %s, until that is restored as the message says', async (_, spoil) => {
    await scaledDown();
    await fleet.hold('whoami', { ...HELD, at: first });
    const kept = fleet.texts('one', 'whoami');
    spoil(join(fleet.root, 'dist/one/whoami/Service.whoami.yaml'));
    const message = await fleet.refusalOf(() => synth(fleet, []));
    expect(message).toMatch(
      /^whoami is held, but dist\/one\/whoami is not what is held\n {2}at: {3}clusters\/one\/holds.json/,
    );
    const [, fix = ''] = /restore it: (.*?); or end/.exec(message) ?? [];
    fleet.shell(fix);
    expect(fleet.texts('one', 'whoami')).toEqual(kept);
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('that was edited in a commit is released as the message says', async () => {
    await fleet.hold('whoami', HELD);
    appendFileSync(join(fleet.root, 'dist/one/whoami/Service.whoami.yaml'), '# mine\n');
    fleet.git('commit', '--quiet', '--all', '--message', 'Edit');
    await fleet.release('whoami', HELD);
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('that the cluster has no more is released as the message says', async () => {
    await fleet.hold('items', HELD);
    fleet.change('one', { ...scaled(2), services: { whoami: { replicas: 2 } } });
    fleet.remove('clusters/pins/pair/items.json');
    expect(await fleet.refusalOf(() => synth(fleet, []))).toContain(
      'the cluster has no component "items", which is held\n  at:   clusters/one/holds.json\n  fix:  end the hold: slipway release items --cluster one',
    );
    fleet.git('commit', '--quiet', '--all', '--message', 'Remove items');
    await fleet.release('items', HELD);
    expect(fleet.filesBelow('dist/one').filter((file) => file.startsWith('items/'))).toEqual([]);
    expect(fleet.filesBelow('clusters/one')).not.toContain('holds.json');
  });

  it('fails the check once its hold is over, and renders as before', async () => {
    await fleet.hold('whoami', HELD);
    expect((await checkDist(fleet, [], { today: REASON.until })).text).toContain('dist is up to date');
    await expect(checkDist(fleet, [], { today: '2100-01-01' })).rejects.toThrow(
      'the hold of whoami, by Ann <ann@example.com>, is over since 2099-12-31: it leaks memory\n' +
        '  at:   clusters/one/holds.json\n  seen: today is 2100-01-01\n  fix:  slipway release whoami --cluster one; or give it a later end',
    );
    expect(await synth(fleet, [])).toContain('unchanged');
  });

  it.each([
    ['{', 'the file is not JSON'],
    ['[]', 'clusters/one/holds.json:1'],
    [
      '{ "whoami": { "commit": "main" } }',
      '"whoami.commit" is invalid\n  at:   clusters/one/holds.json:1\n  seen: "main"',
    ],
    ['{ "whoami": { "sha": "1" } }', 'unknown field "whoami.sha"'],
  ])('is not rendered with an invalid holds.json: %s', async (text, message) => {
    fleet.write('clusters/one/holds.json', text);
    expect(await fleet.refusalOf(() => synth(fleet, []))).toContain(message);
  });
});

describe('slipway holds', () => {
  it('says that nothing is held', async () => {
    expect(await holds(fleet, [])).toBe('nothing is held');
  });

  it('lists what is held, and which changes wait', async () => {
    await fleet.hold('whoami', { ring: 'pair' });
    await fleet.hold('items', HELD);
    await scaledDown();
    const line = (cluster: string, component: string, commit: string): string =>
      `${cluster}: ${component} as of ${commit.slice(0, 10)}, until 2099-12-31, by Ann <ann@example.com>: it leaks memory`;
    const nothing = '  nothing would change without it: slipway release ends it';
    const second = fleet.git('rev-parse', 'HEAD~2').trim();
    expect(await holds(fleet, [])).toBe(
      [
        line('one', 'items', second),
        nothing,
        line('one', 'whoami', first),
        '  without it would change: Deployment.whoami.yaml, PodDisruptionBudget.whoami.yaml (removed)',
        line('two', 'whoami', first),
        nothing,
      ].join('\n'),
    );
    expect(await holds(fleet, ['two'])).toBe([line('two', 'whoami', first), nothing].join('\n'));
    await expect(holds(fleet, ['tow'])).rejects.toThrow('there is no cluster "tow"');
  });

  it('lists what is held of a cluster that would not render without it', async () => {
    await fleet.hold('whoami', HELD);
    fleet.change('one', { ...scaled(2), domain: 'not a domain' });
    expect(await holds(fleet, [])).toMatch(
      /^one: whoami as of .*\n {2}without the holds of one it would not render: ./,
    );
  });
});

describe('slipway release', () => {
  it('lets the changes through that waited, with their plan, in one commit', async () => {
    await fleet.hold('whoami', { ring: 'pair' });
    await scaledDown();
    const printed = await fleet.release('whoami', HELD);
    expect(printed).toMatch(/Deployment whoami\/whoami[^]*PodDisruptionBudget whoami\/whoami[^]*Committed/);
    expect(fleet.last()).toEqual({
      message: 'Release whoami in one',
      files: [
        'D\tclusters/one/holds.json',
        'M\tdist/one/whoami/Deployment.whoami.yaml',
        'D\tdist/one/whoami/PodDisruptionBudget.whoami.yaml',
      ],
    });
    expect(fleet.holdsOf('two')).toHaveProperty('whoami');
    expect((await checkDist(fleet, [])).text).toContain('dist is up to date');
  });

  it('keeps the other holds of a cluster, and writes nothing with --dry-run', async () => {
    await fleet.hold('whoami', HELD);
    await fleet.hold('items', HELD);
    const before = fleet.state();
    expect(await fleet.release('items', { ring: 'pair', 'dry-run': true })).toContain('Nothing was written: --dry-run');
    expect(fleet.state()).toBe(before);
    await fleet.release('items', { ring: 'pair' });
    expect(Object.keys(fleet.holdsOf('one'))).toEqual(['whoami']);
  });

  it.each([
    [
      { cluster: 'two' },
      'whoami is not held there\n  at:   clusters/two/holds.json\n  fix:  slipway holds lists what is',
    ],
    [{ cluster: 'tow' }, 'there is no cluster "tow"'],
    [{ ring: 'piar' }, 'there is no ring "piar"'],
    [{}, 'seen: neither'],
  ])('refuses what is not held: %o', async (where, message) => {
    expect(await fleet.refusalOf(() => fleet.release('whoami', where))).toContain(message);
  });
});
