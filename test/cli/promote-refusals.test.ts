import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { RingsFile } from '../../charts/rings.ts';
import { promote, type PromoteOptions } from '../../cli/promotion/promote.ts';
import { LAPTOP, PINS, pinsOf } from './fleet-folder.ts';
import { MOVED, PromotionFleet, RINGS, SOAKED, whoami } from './promotion-fleet.ts';

const fleet = await PromotionFleet.make();
beforeEach(() => fleet.restore());
afterAll(() => fleet.remove());

const DAY_MS = 86_400_000;
const days = (count: number): Date => new Date(MOVED.getTime() + count * DAY_MS);

/** Replaces the rings, in a commit. */
const rings = (changed: RingsFile): Promise<string> => {
  fleet.ring(changed);
  return fleet.commit('Change the rings', MOVED);
};

describe('the soak of a component', () => {
  const UNSOAKED = (since: string, due: string, subject: string): string =>
    `whoami has not been in staging for 10d yet\n  at:   clusters/rings.ts\n  seen: since ${since} UTC: ${fleet.git('log', '--all', '-1', '--format=%h %s', `--grep=^${subject}$`).trim()}\n  fix:  promote it from ${due} UTC on; if it cannot wait, give the reason: --urgent REASON`;

  it('ends when the ring before has had it for as long as the ring asks for', async () => {
    // The minute that is named has passed when it is said.
    const early = UNSOAKED('2026-02-01 12:00', '2026-02-11 12:01', 'staging: whoami 1.1.0');
    expect(await fleet.refusal(['whoami'], { now: new Date(SOAKED.getTime() - 1000) })).toBe(early);
    expect(await fleet.promote(['whoami'], { now: SOAKED, 'dry-run': true })).toContain('Nothing was written');
  });

  it('starts anew with each change of its files', async () => {
    fleet.change('one', { ...LAPTOP, domain: 'one.localhost', services: { whoami: { replicas: 2 } } });
    await fleet.commit('Scale', days(5));
    expect(await fleet.refusal()).toBe(UNSOAKED('2026-02-06 12:00', '2026-02-16 12:01', 'Scale'));
  });

  it('starts anew when a version comes again', async () => {
    await fleet.move('staging', '1.2.0', days(2));
    await fleet.move('staging', '1.1.0', days(3));
    expect(await fleet.refusal()).toBe(UNSOAKED('2026-02-04 12:00', '2026-02-14 12:01', 'staging: whoami 1.1.0'));
  });

  it('goes on while other components, and other rings, change', async () => {
    const webhook = { ...PINS['cert-manager-webhook'], digest: `sha256:${'1'.repeat(64)}` };
    fleet.pin('staging', { ...pinsOf(LAPTOP), ...whoami('1.1.0'), 'cert-manager-webhook': webhook });
    await fleet.commit('Pin the digest', days(5));
    await fleet.move('edge', '1.1.0', days(6));
    expect(fleet.git('log', '-2', '--format=', '--name-only', '--', 'dist').trim().split('\n')).toEqual([
      'dist/three/whoami/Deployment.whoami.yaml',
      'dist/one/cert-manager/Deployment.cert-manager-webhook.yaml',
    ]);
    expect(await fleet.promote()).toContain('in staging since 2026-02-01 12:00 UTC');
  });

  it('starts when a branch is merged, not when it was written', async () => {
    fleet.git('switch', '--quiet', '--create', 'topic');
    await fleet.move('staging', '1.2.0', days(1));
    fleet.git('switch', '--quiet', 'main');
    fleet.gitAt(days(4), 'merge', '--quiet', '--no-ff', '--message', 'Merge topic', 'topic');
    expect(await fleet.refusal()).toBe(UNSOAKED('2026-02-05 12:00', '2026-02-15 12:01', 'Merge topic'));
  });

  it('counts a commit from the future as one of now', async () => {
    await rings({ ...RINGS, production: { clusters: ['two'] } });
    expect(await fleet.promote(['whoami'], { now: days(-1) })).toContain('Committed');
  });

  describe('with a remote', () => {
    const differs = (...others: readonly string[]): string =>
      `whoami in staging is not as the branch that clusters sync from has it\n  at:   clusters/pins/staging/whoami.json\n  seen: HEAD and origin/main differ\n  fix:  merge it first, or bring HEAD up to date with origin/main; if it cannot wait, give the reason: --urgent REASON${others.join('')}`;
    const fetched = (commit: string): string => fleet.git('update-ref', 'refs/remotes/origin/main', commit);

    it('starts when the remote has it', async () => {
      fetched('HEAD~1');
      expect(await fleet.refusal()).toBe(differs());
      expect(await fleet.promote(['whoami'], { urgent: 'CVE-2026-1234 is exploited' })).toContain(
        'whoami 1.0.0 → 1.1.0, in staging not as origin/main has it\n',
      );
    });

    it('is not known of a branch that is behind', async () => {
      await fleet.move('staging', '1.2.0', days(1));
      fetched('HEAD');
      fleet.git('reset', '--quiet', '--hard', 'HEAD~1');
      expect(await fleet.refusal()).toBe(differs());
    });

    it('is that of the remote, whatever else is ahead or behind', async () => {
      fetched('HEAD');
      fleet.git('switch', '--quiet', '--create', 'promotion');
      fleet.write('notes.md', 'ahead');
      await fleet.commit('Note', days(9));
      expect(await fleet.promote()).toMatch(/in staging since 2026-02-01 12:00 UTC[^]*Committed \S+ on promotion:/);
    });
  });

  it('is not known in a shallow clone', async () => {
    const folder = join(fleet.root, 'shallow');
    fleet.git('clone', '--quiet', '--depth', '1', `file://${fleet.root}`, folder);
    await expect(promotedIn(folder)).rejects.toThrow(
      /^this clone is shallow: since when a file has been as it is, cannot be said\n {2}at: {3}\S+\n {2}fix: {2}fetch the rest: `git fetch --unshallow`$/,
    );
  });
});

const promotedIn = (root: string): Promise<string> => {
  const { repository, importer } = fleet;
  return promote({ root, dist: join(root, 'dist'), repository, importer }, ['whoami'], { now: SOAKED });
};

describe('a ring', () => {
  const freezes = [{ from: '2026-02-11', until: '2026-02-11', because: 'the sales of February' }];

  it('gets nothing while it is frozen', async () => {
    await rings({ ...RINGS, production: { ...RINGS.production, freezes } });
    const frozen =
      'production is frozen until 2026-02-11: the sales of February\n  at:   clusters/rings.ts\n  seen: today is 2026-02-11\n  fix:  wait until that day is past; if it cannot wait, give the reason: --urgent REASON';
    expect(await fleet.refusal()).toBe(frozen);
    expect(await fleet.refusal([], { all: true })).toBe(frozen);
    expect(await fleet.promote(['whoami'], { now: days(11), 'dry-run': true })).toContain('Nothing was written');
  });

  it('gets nothing without evidence, if it asks for it, however urgent', async () => {
    await rings({ ...RINGS, production: { ...RINGS.production, evidence: true, freezes } });
    expect(await fleet.refusal(['whoami'], { urgent: 'CVE-2026-1234 is exploited' })).toBe(
      'production asks for what shows that staging is healthy\n  at:   the command line\n  fix:  look at one, and say what you saw: --evidence "Applications Synced and Healthy, no alert since Monday"',
    );
    // All that is missing, at once.
    expect(await fleet.refusal()).toMatch(/^production is frozen[^]*\n\nproduction asks for/);
  });

  it('takes no empty answers', async () => {
    expect(await fleet.refusal(['whoami'], { urgent: '', evidence: 'ok' })).toBe(
      '--evidence says too little\n  at:   the command line\n  seen: "ok"\n  fix:  write a sentence, for those who read the commit later\n\n--urgent says too little\n  at:   the command line\n  seen: ""\n  fix:  write a sentence, for those who read the commit later',
    );
  });

  it.each<[string, PromoteOptions, string]>([
    [
      'is unknown',
      { to: 'prodution' },
      'there is no ring "prodution"\n  at:   the command line\n  seen: prodution\n  fix:  did you mean "production"?',
    ],
    [
      'is not the next one',
      { from: 'staging', to: 'edge' },
      'edge does not follow staging\n  at:   clusters/rings.ts\n  seen: staging, production, edge\n  fix:  a version goes from each ring to the next one in this order',
    ],
    ['is an earlier one', { from: 'edge', to: 'production' }, 'production does not follow edge\n'],
    ['is itself', { from: 'edge', to: 'edge' }, 'edge does not follow edge\n'],
    ['is the first one', { to: 'staging' }, 'no ring is before staging\n'],
    ['is the last one', { from: 'edge' }, 'no ring is after edge\n'],
  ])('gets nothing if it %s', async (_, options, message) => {
    expect(await fleet.refusal(['whoami'], options)).toMatch(message);
  });

  it('alone has none to get anything from', async () => {
    fleet.remove('clusters/pins/production');
    fleet.remove('clusters/pins/edge');
    await rings({ staging: { clusters: ['one', 'two', 'three'] } });
    expect(await fleet.refusal()).toBe(
      'there is one ring alone, so that nothing can be promoted\n  at:   clusters/rings.ts\n  fix:  its versions are those that Renovate writes; add a ring that follows it',
    );
  });
});

describe('the names of components', () => {
  const KNOWN = 'argo-cd, cert-manager, external-secrets, gateway-api, gateway, reloader, whoami';

  it.each<[string, readonly string[], PromoteOptions, string]>([
    [
      'are needed',
      [],
      {},
      `promote takes the components that are to go on\n  at:   the command line\n  fix:  slipway promote COMPONENT…, of: ${KNOWN}; or slipway promote --all`,
    ],
    [
      'do not go with --all',
      ['whoami'],
      { all: true },
      'promote takes components or --all, not both\n  at:   the command line\n  seen: whoami\n',
    ],
    [
      'are those of components',
      ['whoamy', 'traefik'],
      {},
      'there is no component "whoamy"\n  at:   the command line\n  seen: whoamy\n  fix:  did you mean "whoami"?\n\nthere is no component "traefik"\n',
    ],
  ])('%s', async (_, names, options, message) => {
    expect(await fleet.refusal(names, options)).toContain(message);
  });

  it('are known to both rings', async () => {
    const store = { ...LAPTOP, objectStore: { size: '10Gi' } };
    fleet.change('one', { ...store, domain: 'one.localhost' });
    fleet.pin('staging', pinsOf(store));
    fleet.remove('clusters/pins/production/whoami.json');
    fleet.change('two', { ...LAPTOP, domain: 'two.localhost', services: {} });
    await fleet.commit('Add and remove', MOVED);
    expect(await fleet.refusal(['object-store'])).toBe(
      'production has no component "object-store"\n  at:   the command line\n  seen: object-store\n  fix:  add it to a cluster of production (two), with its pins in clusters/pins/production/object-store.json',
    );
    expect(await fleet.refusal(['whoami'], { from: 'production' })).toBe(
      'production has no component "whoami", so that it has no version to give\n  at:   the command line\n  seen: whoami\n  fix:  edit its pins in clusters/pins/edge/whoami.json, or add it to a cluster of production first',
    );
    expect(await fleet.promote([], { all: true })).toBe('production has the versions of staging: nothing to promote');
  });
});

describe('a version', () => {
  it('does not go back, however urgent', async () => {
    await fleet.move('production', '2.0.0', MOVED);
    expect(await fleet.refusal(['whoami'], { urgent: 'CVE-2026-1234 is exploited' })).toBe(
      'whoami would go back to an older version in production\n  at:   clusters/pins/production/whoami.json\n  seen: 2.0.0 → 1.1.0\n  fix:  move staging forward first; to go back on purpose, edit clusters/pins/production/whoami.json',
    );
  });
});

describe('a repository', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'with an uncommitted pin',
      () => fleet.write('clusters/pins/edge/whoami.json', '{}'),
      /^there are changes in clusters\/ or dist\/ that are not committed\n {2}at: {3}\S+\n {2}seen: M clusters\/pins\/edge\/whoami.json\n {2}fix: {2}commit or stash them first: the commit is to have this change alone$/,
    ],
    [
      'with new files in dist',
      () => ['a', 'b'].map((name) => fleet.write(`dist/one/${name}/x.yaml`, '')),
      /seen: \?\? dist\/one\/a\/, and 1 more\n/,
    ],
    [
      'with a change in the index',
      () => fleet.git('rm', '--quiet', '--cached', 'dist/one/cluster.json'),
      /seen: D {2}dist\/one\/cluster.json, and 1 more\n/,
    ],
    [
      'that shows no new files',
      () => {
        fleet.git('config', 'status.showUntrackedFiles', 'no');
        fleet.write('clusters/two/pins.json', '{}');
      },
      /seen: \?\? clusters\/two\/pins.json\n/,
    ],
    [
      'without a branch',
      () => fleet.git('switch', '--quiet', '--detach'),
      /^HEAD is detached: no branch would have the commit\n {2}at: {3}\S+\n {2}fix: {2}check out a branch: git switch --create BRANCH$/,
    ],
    [
      'without commits',
      () => {
        fleet.remove('.git');
        fleet.git('init', '--quiet');
      },
      /^there are changes in clusters\/ or dist\/ that are not committed\n/,
    ],
  ])('%s is not promoted in', async (_, change, message) => {
    change();
    await expect(fleet.promote()).rejects.toThrow(message);
  });

  it('in the middle of a merge is not promoted in', async () => {
    fleet.git('switch', '--quiet', '--create', 'topic');
    fleet.write('notes.md', 'one');
    await fleet.commit('Note', MOVED);
    fleet.git('switch', '--quiet', 'main');
    fleet.git('merge', '--quiet', '--no-ff', '--no-commit', 'topic');
    expect(await fleet.refusal()).toMatch(
      /^a merge, cherry-pick or revert is not finished: Git would not commit this change alone\n {2}at: {3}\S+\n {2}seen: MERGE_HEAD\n/,
    );
  });

  it('whose dist is out of date is not promoted in', async () => {
    const file = 'dist/one/whoami/Deployment.whoami.yaml';
    fleet.write(file, `${fleet.read(file)}# by hand\n`);
    fleet.gitAt(MOVED, 'commit', '--quiet', '--all', '--message', 'Edit dist');
    expect(await fleet.refusal()).toMatch(
      /^dist is out of date: 1 file\n {2}stale: {3}one\/whoami\/Deployment.whoami.yaml\n/,
    );
  });

  it('is needed', async () => {
    fleet.remove('.git');
    await expect(fleet.promote()).rejects.toThrow(
      /^this folder is in no Git repository\n {2}at: {3}\S+\n {2}seen: fatal: not a git repository[^\n]*\n {2}fix: {2}run it in a clone of the repository$/,
    );
  });

  it('is needed by a command that may be missing', async () => {
    const { PATH } = process.env;
    mkdirSync(join(fleet.root, 'bin'));
    process.env['PATH'] = join(fleet.root, 'bin');
    try {
      await expect(fleet.promote()).rejects.toThrow('there is no program git\n  at:   PATH\n  fix:  install Git');
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
