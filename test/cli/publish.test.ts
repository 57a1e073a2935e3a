import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { load } from 'js-yaml';
import { textAt } from '../../charts/lib/manifest.ts';
import { Keys } from '../lib/gnupg.ts';
import { CLUSTERS, PublishedFleet } from './published-fleet.ts';

const BRANCHES = { revision: 'clusters/{cluster}' };

let fleet: PublishedFleet;
afterEach(() => fleet.remove());

const refusal = (step: () => unknown): string => {
  try {
    step();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was not refused');
};

describe('slipway publish, to a branch per cluster', () => {
  it('begins each branch with a commit that has the folder of the cluster alone', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    const begin = fleet.git('rev-parse', 'HEAD');
    const { text, code } = fleet.publish();
    expect(code).toBe(0);
    for (const name of CLUSTERS) {
      const [tip, ...before] = fleet.history(name);
      expect(before).toEqual([]);
      expect(text).toContain(`${name}: ${tip?.slice(0, 7)} on clusters/${name}, its first commit`);
      expect(fleet.gitAt(fleet.remote(), 'log', '-1', '--format=%an %ae|%cn|%B', tip!)).toBe(
        `An Author author@example.com|An Author|Begin\n\nRendered-from: ${begin}`,
      );
      const files = fleet.gitAt(fleet.remote(), 'ls-tree', '-r', '--name-only', tip!).split('\n');
      expect(files).toEqual(fleet.filesBelow(`dist/${name}`).map((file) => `dist/${name}/${file}`));
      const root = load(fleet.gitAt(fleet.remote(), 'show', `${tip}:dist/${name}/applications/Application.root.yaml`));
      expect(textAt(root, 'spec', 'source', 'targetRevision')).toBe(`clusters/${name}`);
      expect(textAt(root, 'spec', 'source', 'repoURL')).toBe(fleet.repository.url);
    }
  });

  it('gives a commit to the branch of a cluster that has changed, and to no other', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.publish();
    const other = fleet.history('two');
    fleet.change('one', 2);
    const commit = fleet.push('Change one');
    expect(fleet.publish().text).toMatch(/^one: [0-9a-f]{7} on clusters\/one\ntwo: unchanged$/);
    expect(fleet.history('one')).toHaveLength(2);
    expect(fleet.history('two')).toEqual(other);
    expect(fleet.gitAt(fleet.remote(), 'log', '-1', '--format=%B', 'clusters/one')).toBe(
      `Change one\n\nRendered-from: ${commit}`,
    );
    expect(fleet.publish().text).toBe('one: unchanged\ntwo: unchanged');
    expect(fleet.history('one')).toHaveLength(2);
  });

  it('names the commit that changed the cluster, whichever later one is published', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.publish();
    fleet.change('one', 2);
    const changed = fleet.push('Change one');
    fleet.change('two', 2);
    fleet.push('Change two');
    fleet.publish();
    const [tip] = fleet.history('one');
    expect(fleet.gitAt(fleet.remote(), 'log', '-1', '--format=%B', tip!)).toBe(
      `Change one\n\nRendered-from: ${changed}`,
    );
    // Another publisher, right after the change, would have made the same commit.
    fleet.gitAt(fleet.remote(), 'update-ref', 'refs/heads/clusters/one', `${tip}^`);
    fleet.publish({ commit: changed }, ['one']);
    expect(fleet.history('one')[0]).toBe(tip);
  });

  it('publishes clusters that are named, what was pushed and not the working tree, and nothing with --dry-run', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.write('dist/one/gateway/Service.gateway.yaml', 'edited\n');
    expect(fleet.publish({ 'dry-run': true }).text).toMatch(/Nothing was pushed: --dry-run$/);
    expect(fleet.history('one')).toEqual([]);
    fleet.publish({}, ['one']);
    expect(fleet.history('one')).toHaveLength(1);
    expect(fleet.history('two')).toEqual([]);
    const published = fleet.gitAt(fleet.remote(), 'show', 'clusters/one:dist/one/gateway/Service.gateway.yaml');
    expect(published).not.toContain('edited');
    expect(refusal(() => fleet.publish({}, ['three']))).toContain('dist has no cluster "three"');
  });

  it('leaves a branch that has a newer commit, and one that a newer commit left as it was', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    const begin = fleet.git('rev-parse', 'HEAD');
    fleet.change('one', 2);
    fleet.push('Change one');
    fleet.publish();
    const before = fleet.history('one');
    expect(fleet.publish({ commit: begin }).text).toMatch(/^one: unchanged: it has [0-9a-f]+, which is newer than/);
    // There and back again: the branch has no commit of either.
    fleet.change('one', 3);
    const there = fleet.push('Change one again');
    fleet.change('one', 2);
    fleet.push('Back');
    expect(fleet.publish().text).toContain('one: unchanged');
    expect(fleet.publish({ commit: there }).text).toMatch(/^one: unchanged: it has what [0-9a-f]+ has, which is newer/);
    expect(fleet.history('one')).toEqual(before);
  });

  it.each([
    ['has no trailer', 'By hand', 'was not made by publish'],
    [
      'has the trailer of another commit',
      `By hand\n\nRendered-from: ${'a'.repeat(40)}`,
      'which the repository has not',
    ],
  ])('refuses a branch whose tip %s, but not the others; --adopt goes on from it', async (_, message, says) => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.publish();
    fleet.edit('one', message);
    for (const name of CLUSTERS) fleet.change(name, 2);
    fleet.push('Change');
    const { text, code } = fleet.publish();
    expect(code).toBe(1);
    expect(text).toMatch(/^one: refused: the tip of clusters\/one, [0-9a-f]+ /);
    expect(text).toContain(says);
    expect(fleet.history('one')).toHaveLength(2);
    expect(fleet.history('two')).toHaveLength(2);
    expect(fleet.publish({ adopt: true }).code).toBe(0);
    expect(fleet.history('one')).toHaveLength(3);
    expect(fleet.gitAt(fleet.remote(), 'ls-tree', '--name-only', 'clusters/one')).toBe('dist');
  });

  it('refuses a tip with the right trailer and other files', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.publish();
    fleet.edit('one', `Begin\n\nRendered-from: ${fleet.git('rev-parse', 'HEAD')}`);
    fleet.change('one', 2);
    fleet.push('Change');
    expect(fleet.publish().text).toContain('was edited after publish had made it');
  });

  it('refuses a tip that was rendered from a history which is gone', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.change('one', 2);
    fleet.push('Change');
    fleet.publish();
    fleet.git('reset', '--quiet', '--hard', 'HEAD~1');
    fleet.change('one', 3);
    fleet.commit('Change otherwise');
    fleet.git('push', '--quiet', '--force', 'origin', 'HEAD:main');
    expect(fleet.publish().text).toMatch(/one: refused: .*, which is not in the history of/);
  });

  it('begins anew when another publisher was faster', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.publish();
    fleet.change('one', 2);
    const first = fleet.push('Change one');
    fleet.change('one', 3);
    fleet.push('Change one again');
    let raced = 0;
    const { text } = fleet.publish({ beforePush: () => raced++ === 0 && void fleet.publish({ commit: first }) });
    expect(raced).toBe(2);
    expect(text).toMatch(/^one: [0-9a-f]{7} on clusters\/one\n/);
    expect(fleet.gitAt(fleet.remote(), 'log', '--format=%s', 'clusters/one').split('\n')).toEqual([
      'Change one again',
      'Change one',
      'Begin',
    ]);
  });

  it('pushes all branches of a remote or none', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    // Git cannot have a branch and one below it.
    fleet.git('push', '--quiet', 'origin', 'HEAD:refs/heads/clusters/two/more');
    expect(refusal(() => fleet.publish())).toContain('one, two cannot be published to origin');
    expect(fleet.history('one')).toEqual([]);
  });

  it('refuses a commit that nobody has reviewed, and a shallow clone', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.change('one', 2);
    const commit = fleet.commit('Not pushed');
    expect(refusal(() => fleet.publish({ commit }))).toContain('is not part of main: clusters get only what is');
    fleet.git('push', '--quiet', 'origin', 'HEAD:main');
    fleet.git('fetch', '--quiet', '--depth=1', 'origin', 'main');
    expect(refusal(() => fleet.publish())).toContain('git fetch --unshallow');
  });

  it('refuses a dist that was rendered before the setting', async () => {
    fleet = await PublishedFleet.make(undefined);
    expect(fleet.publish()).toEqual({
      text: 'clusters/fleet.ts has no `published`: clusters sync from main, and nothing is to be published',
      code: 0,
    });
    Object.assign(fleet.repository, { published: BRANCHES });
    expect(refusal(() => fleet.publish())).toMatch(
      /its root Application syncs from elsewhere\n {2}at: {3}dist\/one\/applications\/Application\.root\.yaml\n {2}seen: main of /,
    );
    expect(fleet.history('one')).toEqual([]);
  });

  it('leaves out a cluster that is not rendered yet for lack of facts', async () => {
    fleet = await PublishedFleet.make(BRANCHES);
    fleet.git('rm', '--quiet', '-r', 'dist/two/applications');
    fleet.git('commit', '--quiet', '--message', 'Without facts');
    fleet.git('push', '--quiet', 'origin', 'HEAD:main');
    expect(fleet.publish().text).toContain('two: not published: it has no root Application yet');
    expect(fleet.history('two')).toEqual([]);
  });
});

describe('slipway publish, to a repository per cluster', () => {
  it('pushes the branch main of each by its URL', async () => {
    fleet = await PublishedFleet.make({}, { ownRepositories: true });
    expect(fleet.publish().code).toBe(0);
    fleet.change('two', 2);
    fleet.push('Change two');
    expect(fleet.publish().text).toMatch(/^one: unchanged\ntwo: [0-9a-f]{7} on main$/);
    for (const [name, count] of [
      ['one', '1'],
      ['two', '2'],
    ] as const) {
      expect(fleet.gitAt(fleet.remote(name), 'rev-list', '--count', 'main')).toBe(count);
      const project = fleet.read(`dist/${name}/applications/AppProject.gateway.yaml`);
      expect(project).toContain(`fleet-${name}.git`);
    }
  });

  it('publishes to the others when one repository is not there', async () => {
    fleet = await PublishedFleet.make({}, { ownRepositories: true });
    rmSync(fleet.remote('one'), { recursive: true });
    const { text, code } = fleet.publish();
    expect(code).toBe(1);
    expect(text).toMatch(
      /^two: [0-9a-f]{7} on main, its first commit\n\nthe branches of .*fleet-one\.git cannot be listed\n/,
    );
    rmSync(fleet.remote('two'), { recursive: true });
    expect(refusal(() => fleet.publish())).toContain('fleet-two.git cannot be listed');
  });
});

describe.skipIf(spawnSync('gpg', ['--version']).status !== 0)(
  'slipway publish, to clusters that sync signed commits',
  () => {
    let keys: Keys;
    afterEach(() => keys.remove());

    it('refuses to publish commits without a signature, and signs them as Git is told to', async () => {
      keys = new Keys();
      const key = keys.make('publisher');
      fleet = await PublishedFleet.make(BRANCHES, { signatures: { keys: [keys.exported(key)], mode: 'head' } });
      expect(refusal(() => fleet.publish())).toContain('clusters sync signed commits alone');
      expect(fleet.history('one')).toEqual([]);

      const gpg = join(keys.home, 'gpg.sh');
      writeFileSync(gpg, `#!/bin/sh\nGNUPGHOME='${keys.home}' exec gpg "$@"\n`, { mode: 0o755 });
      for (const [name, value] of [
        ['commit.gpgsign', 'true'],
        ['user.signingkey', key],
        ['gpg.program', gpg],
      ] as const)
        fleet.git('config', name, value);
      expect(fleet.publish().code).toBe(0);
      expect(fleet.git('log', '-1', '--format=%G? %GK', fleet.history('one')[0]!)).toBe(`G ${key.slice(-16)}`);
    });
  },
);
