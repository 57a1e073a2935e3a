import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { merge } from '../../cli/merge/merge.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP, PINS, pinsOf } from './fleet-folder.ts';

/** With a database, whose NetworkPolicy names its clients. */
const CLUSTER = {
  ...LAPTOP,
  objectStore: { size: '1Gi' },
  velero: {},
  mongo: { size: '1Gi', dumpSize: '1Gi', memory: '1Gi' },
  services: { whoami: { replicas: 1 } },
};
const pinOf = (name: string) => ({ ...PINS['whoami'], packageName: `registry.example.net/${name}` });

let fleet: FleetFolder;
let services: Record<string, object>;

function git(...args: readonly string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', args, { cwd: fleet.root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Renders, after reading the services as the checkout has them. */
async function render(): Promise<string> {
  services = JSON.parse(readFileSync(join(fleet.root, 'services.json'), 'utf8')) as Record<string, object>;
  const pins = {
    ...pinsOf({ ...CLUSTER, services: { whoami: {} } }),
    ...Object.fromEntries(Object.keys(services).map((name) => [name, pinOf(name)])),
  };
  fleet.add('a', { ...CLUSTER, services }, { pins });
  return synth(fleet, []);
}

/** One line each, as people write them: what is added in different places does not conflict. */
async function commit(message: string, change: (now: Record<string, object>) => void): Promise<string> {
  services = existsSync(join(fleet.root, 'services.json'))
    ? (JSON.parse(readFileSync(join(fleet.root, 'services.json'), 'utf8')) as Record<string, object>)
    : { whoami: { replicas: 1 } };
  change(services);
  const sorted = Object.entries(services).toSorted(([one], [other]) => (one < other ? -1 : 1));
  fleet.write(
    'services.json',
    `{\n${sorted.map(([name, value]) => `"${name}": ${JSON.stringify(value)}`).join(',\n')}\n}\n`,
  );
  await render();
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
  return git('rev-parse', 'HEAD').trim();
}

beforeEach(async () => {
  fleet = new FleetFolder();
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'a');
  git('config', 'user.email', 'a@example.com');
  // Names apart from each other: their lines are not neighbours.
  await commit('Begin', (now) => {
    for (const name of ['carts', 'orders']) now[name] = { database: 'mongo', replicas: 1 };
  });
});
afterEach(() => fleet.remove());

/** Two branches from here. */
async function branches(
  one: (now: Record<string, object>) => void,
  other: (now: Record<string, object>) => void,
): Promise<void> {
  git('switch', '--quiet', '--create', 'one');
  await commit('One', one);
  git('switch', '--quiet', 'main');
  await commit('Other', other);
  git('switch', '--quiet', 'one');
}

const conflictsOf = (ref: string): string[] => {
  try {
    git('merge', '--no-commit', '--no-ff', ref);
    return [];
  } catch {
    return git('diff', '--name-only', '--diff-filter=U').split('\n').filter(Boolean);
  } finally {
    git('merge', '--abort');
  }
};

describe('slipway merge', () => {
  const WITH_DATABASE = { database: 'mongo', replicas: 1 };
  const addedByBoth = [
    (now: Record<string, object>) => void (now['billing'] = WITH_DATABASE),
    (now: Record<string, object>) => void (now['zones'] = WITH_DATABASE),
  ] as const;

  it('merges two services that two branches have added, though both are in rendered lists', async () => {
    await branches(...addedByBoth);
    const said = await merge(fleet, { from: 'main', render });
    expect(said).toMatch(/\nMerged main as [0-9a-f]+/);
    const policies = fleet.filesBelow('dist/a/mongo').filter((file) => file.startsWith('NetworkPolicy'));
    const text = policies.map((file) => fleet.read(`dist/a/mongo/${file}`)).join('');
    for (const name of ['billing', 'carts', 'orders', 'zones']) expect(text).toContain(name);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '-1', '--format=%P').trim().split(' ')).toHaveLength(2);
  });

  it('renders what Git cannot merge in dist', async () => {
    await branches(
      (now) => void (now['whoami'] = { replicas: 2 }),
      (now) => void (now['whoami'] = { replicas: 3 }),
    );
    // The source is resolved by hand on one side, as if both had meant it.
    expect(conflictsOf('main')).toContain('services.json');
    for (const file of ['services.json', 'clusters/a/cluster.ts']) fleet.write(file, git('show', `main:${file}`));
    git('commit', '--quiet', '--all', '--message', 'Say the same, without rendering');
    const before = conflictsOf('main');
    expect(before.filter((path) => !path.startsWith('dist/'))).toEqual([]);
    expect(before).not.toEqual([]);
    expect(await merge(fleet, { from: 'main', render })).toContain(`rendered ${before.length} file`);
    expect(git('diff', 'main', '--', 'dist')).toBe('');
    expect(git('status', '--porcelain')).toBe('');
  });

  it('removes what one branch has removed and the other one has rendered anew', async () => {
    await branches(
      (now) => void delete now['carts'],
      (now) => void (now['carts'] = { database: 'mongo', replicas: 2 }),
    );
    fleet.write('services.json', git('show', 'one:services.json'));
    git('switch', '--quiet', '--force', 'main');
    await commit('Remove it here, too', (now) => void delete now['carts']);
    await merge(fleet, { from: 'one', render });
    expect(existsSync(join(fleet.dist, 'a', 'carts'))).toBe(false);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('leaves sources that both have changed in one place to people', async () => {
    await branches(
      (now) => void (now['whoami'] = { replicas: 2 }),
      (now) => void (now['whoami'] = { replicas: 3 }),
    );
    await expect(merge(fleet, { from: 'main', render })).rejects.toThrow(
      /^both branches have changed \d sources?[^]*\n {2}services\.json\n[^]*git merge --abort/,
    );
    const unmerged = git('diff', '--name-only', '--diff-filter=U').split('\n').filter(Boolean);
    expect(unmerged.filter((path) => path.startsWith('dist/'))).toEqual([]);
    git('merge', '--abort');
    expect(git('status', '--porcelain')).toBe('');
  });

  it('begins nothing with uncommitted changes, on no branch, or with an unknown one', async () => {
    await branches(...addedByBoth);
    await expect(merge(fleet, { from: 'nowhere', render })).rejects.toThrow('there is no commit "nowhere"');
    fleet.write('notes.txt', '');
    await expect(merge(fleet, { from: 'main', render })).rejects.toThrow('there are changes that are not committed');
    fleet.remove('notes.txt');
    git('switch', '--quiet', '--detach');
    await expect(merge(fleet, { from: 'main', render })).rejects.toThrow('HEAD is detached');
    git('switch', '--quiet', 'one');
    await merge(fleet, { from: 'main', render });
    expect(await merge(fleet, { from: 'main', render })).toBe('main is part of this branch already: nothing to merge');
  });
});
