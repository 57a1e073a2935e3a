import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import { repository } from '../../../clusters/fleet.ts';
import { Keys } from '../../lib/gnupg.ts';
import { LAB_MANAGER, readManifests } from '../control-plane.ts';
import { Rehearsal } from './rehearsal.ts';

const CLUSTER = 'test-kind';
/** What is synced here: a component that needs no other, and waits for nothing. */
const COMPONENT = 'priority-classes';
const SYNCED = ['argo-cd', COMPONENT];

let rehearsal: Rehearsal;
let keys: Keys;
/** Fingerprints of who is trusted, and of who is not. */
let trusted: string;
let stranger: string;

beforeAll(async () => {
  keys = new Keys();
  trusted = keys.make('trusted');
  stranger = keys.make('stranger');
  rehearsal = await Rehearsal.of(CLUSTER, { signatures: true });
  rehearsal.checkout.git('config', 'gpg.program', gpgProgram());
  await ask('none', undefined);
  await rehearsal.lab.startPlane();
  await rehearsal.lab.bootstrap(handOver);
}, 600_000);
afterAll(async () => {
  await rehearsal?.end();
  keys?.remove();
});

/** A GnuPG with the keys of these people, for Git. */
function gpgProgram(): string {
  const program = rehearsal.checkout.siblingPath('gpg.sh');
  writeFileSync(program, `#!/bin/sh\nGNUPGHOME='${keys.home}' exec gpg "$@"\n`, { mode: 0o755 });
  return program;
}

function signAs(key: string | undefined): void {
  rehearsal.checkout.git('config', 'commit.gpgsign', String(key !== undefined));
  if (key !== undefined) rehearsal.checkout.git('config', 'user.signingkey', key);
}

/** Commits a mode for all clusters, and pushes it. */
async function ask(mode: string, key: string | undefined): Promise<void> {
  const { checkout, lab } = rehearsal;
  checkout.edit('clusters/fleet.ts', (text) =>
    text
      .replace(/\n {2}signatures: \{.*?\},(?=\n {2}\w)/s, '')
      .replace(
        /(repository: Repository = \{)/,
        `$1\n  signatures: { mode: '${mode}', keys: [\`${keys.exported(trusted)}\`] },`,
      ),
  );
  await checkout.synth();
  signAs(key);
  checkout.commit(`Ask for signatures: ${mode}`);
  lab.push(checkout.folder);
}

/** Applies what bootstrap would, with the Applications of a few components in place of the root. */
async function handOver(): Promise<void> {
  const { checkout, lab } = rehearsal;
  for (const manifest of readManifests(join(checkout.folder, 'dist', CLUSTER, 'argo-cd')))
    await lab.plane.api.apply(manifest, { manager: LAB_MANAGER });
  await applyAsRoot('AppProject');
  await lab.argo.start();
  await applyAsRoot('Application');
}

/** Applies what the root would of the components that are synced here. */
async function applyAsRoot(kind: string): Promise<void> {
  const { checkout, lab } = rehearsal;
  const all = readManifests(join(checkout.folder, 'dist', CLUSTER, 'applications'));
  for (const manifest of all.filter((one) => one.kind === kind && SYNCED.includes(one.metadata.name)))
    await lab.plane.api.apply(manifest, { manager: LAB_MANAGER });
}

/** Commits and pushes a new description of a priority class, signed by somebody or by nobody. @returns the commit */
async function push(description: string, key: string | undefined): Promise<string> {
  const { checkout, lab } = rehearsal;
  const file = join(checkout.folder, 'dist', CLUSTER, COMPONENT, 'PriorityClass.platform.yaml');
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')
      .replace(/\ndescription:.*/g, '')
      .trimEnd()}\ndescription: ${description}\n`,
  );
  signAs(key);
  const commit = checkout.commit(`Describe it as ${description}`);
  lab.push(checkout.folder);
  await rehearsal.argocd('app', 'get', COMPONENT, '--refresh');
  return commit;
}

async function current(): Promise<string | undefined> {
  return textAt(
    await rehearsal.lab.plane.api.get('/apis/scheduling.k8s.io/v1/priorityclasses/platform'),
    'description',
  );
}

/** Waits until Argo CD says why it does not compare the Application. @returns its words */
async function refusal(commit: string): Promise<string> {
  let said = '';
  await rehearsal.until(`Argo CD refuses ${commit.slice(0, 7)}`, async () => {
    const application = await rehearsal.application(COMPONENT);
    said = listAt(application, 'status', 'conditions')
      .filter((condition) => textAt(condition, 'type') === 'ComparisonError')
      .map((condition) => textAt(condition, 'message'))
      .join('\n');
    return said.includes(commit);
  });
  return said;
}

test('the keyring comes from Git, with a mode that asks for nothing yet', async () => {
  await rehearsal.until('all are Synced', async () => {
    const statuses = await Promise.all(SYNCED.map((name) => rehearsal.status(name)));
    return statuses.every((status) => status?.sync === 'Synced');
  });
  expect(rehearsal.checkout.git('log', '-1', '--format=%G?').trim()).toBe('N');
});

test('then signatures are asked for, and a signed commit is synced', async () => {
  await ask('head', trusted);
  await applyAsRoot('AppProject');
  await push('signed', trusted);
  await rehearsal.until('it is in the cluster', async () => (await current()) === 'signed');
  const project = await rehearsal.lab.plane.api.get(
    `/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/${COMPONENT}`,
  );
  expect(at(project, 'spec', 'sourceIntegrity', 'git', 'policies')).toEqual([
    { repos: [{ url: repository.url }], gpg: { mode: 'head', keys: [trusted.slice(-16)] } },
  ]);
});

test('a commit without a signature is refused, and what runs stays', async () => {
  const commit = await push('unsigned', undefined);
  expect(await refusal(commit)).toMatch(/unsigned \(key_id=\)/);
  expect(await current()).not.toBe('unsigned');
});

test('so is one that a stranger has signed', async () => {
  const commit = await push('strange', stranger);
  expect(await refusal(commit)).toContain(`key_id=${stranger.slice(-16)}`);
  expect(await current()).not.toBe('strange');
});

test('the next one that somebody trusted has signed is synced', async () => {
  await push('trusted', trusted);
  await rehearsal.until('it is in the cluster', async () => (await current()) === 'trusted');
});
