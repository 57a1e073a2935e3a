import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import { repository } from '../../../clusters/fleet.ts';
import { pinFile } from '../../../cli/pin-files.ts';
import { readManifests } from '../control-plane.ts';
import { KINDS } from '../mirror.ts';
import { pin, Rehearsal, say } from './rehearsal.ts';

/** A cluster that goes over from the fleet's branch to one of its own. */
const CLUSTER = 'test-kind';
const BRANCH = `clusters/${CLUSTER}`;
const SETTING = "  published: { revision: 'clusters/{cluster}' },\n";
/** Seconds until all is Healthy: what Argo CD could not compare meanwhile, it compares again after three minutes. */
const SETTLED_IN = 300;
/** Seconds in which a push reaches the pods. */
const DEPLOYED_IN = 120;
let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await Rehearsal.of(CLUSTER);
  await rehearsal.up();
});
afterAll(() => rehearsal?.end());

// In a fork that has the setting, every scenario is one of it.
test.skipIf(repository.published)('a running cluster goes over to its branch, and nothing restarts', async () => {
  const { checkout, lab } = rehearsal;
  const before = await podTemplates();
  checkout.edit('clusters/fleet.ts', (text) => text.replace(/^ {2}revision: .*\n/m, `$&${SETTING}`));
  await rehearsal.synthAndPush('Publish each cluster to a branch of its own');
  say(await checkout.slipway('publish', CLUSTER));
  const tip = tipOfBranch();
  await rehearsal.until(
    'every Application of the fleet synced from the branch',
    async () => (await own()).every((one) => one.branch === BRANCH && one.revision === tip),
    240,
  );
  await lab.settled(SETTLED_IN);
  expect(await podTemplates()).toEqual(before);
});

test.skipIf(repository.published)('a commit reaches the cluster once it is published', async () => {
  const { checkout } = rehearsal;
  checkout.edit(pinFile('first', 'hello'), pin('hello', '9.9.9'));
  const commit = await rehearsal.synthAndPush('Move hello');
  expect(await checkout.slipway('publish')).toMatch(new RegExp(`^${CLUSTER}: [0-9a-f]{7} on ${BRANCH}$`, 'm'));
  await rehearsal.until(
    'hello runs 9.9.9',
    async () => (await rehearsal.image('hello'))?.endsWith(':9.9.9') === true,
    DEPLOYED_IN,
  );
  expect((await own()).find(({ name }) => name === 'hello')?.revision).toBe(tipOfBranch());
  expect(tipOfBranch('%(trailers:key=Rendered-from,valueonly)')).toBe(commit);
  await rehearsal.lab.settled(SETTLED_IN);
});

test.skipIf(repository.published)('a commit for other clusters is no new revision for Argo CD', async () => {
  const { checkout } = rehearsal;
  const tip = tipOfBranch();
  // What it was not told of by the push before, it reads now.
  const before = await refreshed();
  expect(before.filter(({ revision }) => revision !== tip)).toEqual([]);
  checkout.edit(pinFile('second', 'hello'), pin('hello', '9.9.9'));
  await rehearsal.synthAndPush('Move hello of the second ring');
  expect(await checkout.slipway('publish')).toContain(`${CLUSTER}: unchanged`);
  expect(tipOfBranch()).toBe(tip);
  expect(await refreshed()).toEqual(before);
});

test.skipIf(repository.published)('it goes back to main once its root is applied from there', async () => {
  const { checkout, lab } = rehearsal;
  checkout.edit('clusters/fleet.ts', (text) => text.replace(SETTING, ''));
  const commit = await rehearsal.synthAndPush('Sync from main again');
  expect(await checkout.slipway('publish')).toContain('nothing is to be published');
  const roots = readManifests(join(checkout.folder, 'dist', CLUSTER, 'applications')).filter(
    ({ metadata }) => metadata.name === 'root',
  );
  for (const root of roots) await lab.plane.api.apply(root, { manager: 'kubectl' });
  await rehearsal.until(
    'every Application of the fleet synced from main',
    async () => (await own()).every((one) => one.branch === repository.revision && one.revision === commit),
    240,
  );
  await lab.settled(SETTLED_IN);
});

/** The Applications of the fleet, after Argo CD has asked for the newest commit and compared all of them. */
async function refreshed(): Promise<Synced[]> {
  for (const { name } of await own()) await rehearsal.argocd('app', 'get', name, '--refresh');
  return own();
}

interface Synced {
  readonly name: string;
  readonly branch: string | undefined;
  readonly revision: string | undefined;
  /** How often it has been synced. */
  readonly syncs: number;
}

/** The Applications that sync from the fleet's repository. */
async function own(): Promise<Synced[]> {
  const all = await rehearsal.lab.plane.api.list(KINDS.applications);
  return all
    .filter((one) => textAt(one, 'spec', 'source', 'repoURL') === repository.url)
    .map((one) => ({
      name: one.metadata.name,
      branch: textAt(one, 'spec', 'source', 'targetRevision'),
      revision: textAt(one, 'status', 'sync', 'revision'),
      syncs: listAt(one, 'status', 'history').length,
    }));
}

/** What makes the pods of each Deployment, by its name: a change restarts them. */
async function podTemplates(): Promise<Map<string, unknown>> {
  const all = await rehearsal.lab.plane.api.list('/apis/apps/v1/deployments');
  return new Map(
    all.map((one) => [`${one.metadata.namespace}/${one.metadata.name}`, at(one, 'spec', 'template')] as const),
  );
}

/** Of the branch in the repository that Argo CD reads. */
function tipOfBranch(format = '%H'): string {
  const { checkout } = rehearsal;
  checkout.git('fetch', '--quiet', 'origin', BRANCH);
  return checkout.git('log', '-1', `--format=${format}`, 'FETCH_HEAD').trim();
}
