import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import { loadFleet } from '../lib/load-fleet.ts';
import { isInCloud, moduleOf, read, repository } from './terraform.ts';

const fleet = await loadFleet();

describe('workflows', () => {
  const inClouds = fleet.filter(isInCloud).map(({ name }) => name);
  const workflow = (name: string): unknown =>
    load(readFileSync(join(repository, '.github', 'workflows', `${name}.yaml`), 'utf8'));

  it('do not allow destroying any production cluster', () => {
    const locks = inClouds
      .filter((name) => name.startsWith('production-'))
      .map((name) => join(repository, 'bootstrap', 'roots', name, 'destroy-allowed'));
    expect(locks.filter((lock) => existsSync(lock))).toEqual([]);
  });

  it('destroy no cluster without keeping every module that has a resource with prevent_destroy', async () => {
    const kept = /kept='\\\.module\\\.\((.*)\)\\\.'/
      .exec(readFileSync(join(repository, '.github', 'scripts', 'terraform-destroy.sh'), 'utf8'))?.[1]
      ?.split('|');
    const modules = await read('modules');
    const calls = modules.filter(({ name }) => name.startsWith('cluster-')).flatMap(({ calls: found }) => [...found]);
    const lasting = modules
      .filter(({ text, name }) => text.includes('prevent_destroy = true') && !name.startsWith('remote-state-'))
      .map(({ name }) => name);
    expect(lasting.length).toBeGreaterThan(0);
    for (const name of lasting)
      expect(calls.filter(([, call]) => moduleOf(call) === name).map(([call]) => kept?.includes(call))).toEqual([true]);
    for (const name of kept ?? []) expect(calls.map(([call]) => call)).toContain(name);
  });

  it('offer the root of every cluster in a cloud as an option', () => {
    expect(new Set(listAt(workflow('terraform'), 'on', 'workflow_dispatch', 'inputs', 'root', 'options'))).toEqual(
      new Set(inClouds),
    );
  });

  it('apply only in environments that the identities of the clouds trust', async () => {
    const roots = await read('roots');
    const known = roots
      .filter(({ name }) => name.startsWith('remote-state-'))
      .flatMap(({ calls }) => [...calls.values()].flatMap(({ environments }) => (environments ?? []) as string[]));
    expect(known.toSorted()).toEqual(inClouds);
    const jobs = ['terraform', 'terraform-destroy', 'drift'].flatMap((name) =>
      Object.entries(at(workflow(name), 'jobs') as Record<string, unknown>),
    );
    const signingIn = jobs.filter(([, job]) => at(job, 'permissions', 'id-token') === 'write');
    expect(signingIn.map(([name]) => name)).toEqual(['plan', 'apply', 'prepare', 'destroy', 'plan']);
    expect(signingIn.filter(([, job]) => textAt(job, 'environment') === undefined).map(([name]) => name)).toEqual([
      'plan',
      'plan',
    ]);
    for (const [name, job] of signingIn) expect(JSON.stringify(job).includes('_APPLY_')).toBe(name !== 'plan');
  });

  it('write issues only where nothing signs in to a cloud', () => {
    const jobs = Object.entries(at(workflow('drift'), 'jobs') as Record<string, unknown>);
    const writing = jobs.filter(([, job]) => at(job, 'permissions', 'issues') === 'write');
    expect(writing.map(([name]) => name)).toEqual(['report']);
    expect(writing.map(([, job]) => at(job, 'permissions', 'id-token'))).toEqual([undefined]);
    expect(JSON.stringify(writing)).not.toMatch(/npm |npx |terraform-plan/);
  });

  it('hand no planfile from job to job, since it holds the state in clear', () => {
    for (const name of ['terraform', 'drift'])
      expect(readFileSync(join(repository, '.github', 'workflows', `${name}.yaml`), 'utf8')).not.toContain('tfplan');
  });

  it('let go of nothing that was not saved before', () => {
    const steps = (job: string): string[] =>
      listAt(workflow('terraform-destroy'), 'jobs', job, 'steps').map((step) => JSON.stringify(step));
    const keeps = steps('prepare').findIndex((step) => step.includes('terraform-destroy.sh keep'));
    const saves = steps('prepare').findIndex((step) => step.includes('upload-artifact'));
    expect(keeps).toBeGreaterThan(-1);
    expect(saves).toBeGreaterThan(keeps);
    expect(textAt(workflow('terraform-destroy'), 'jobs', 'destroy', 'needs')).toBe('prepare');
    expect(steps('prepare').some((step) => step.includes('terraform-destroy.sh destroy'))).toBe(false);
  });

  it('end before their sessions do, or sign in again', async () => {
    const action = load(readFileSync(join(repository, '.github', 'actions', 'terraform', 'action.yaml'), 'utf8'));
    const seconds = listAt(action, 'runs', 'steps')
      .map((step) => at(step, 'with', 'role-duration-seconds'))
      .find((value) => value !== undefined);
    const roles = (await read('modules')).find(({ name }) => name === 'workflows-aws')?.resources;
    expect(roles?.find(({ type }) => type === 'aws_iam_role')?.block['max_session_duration']).toBe(seconds);
    for (const [name, job] of [
      ['terraform', 'apply'],
      ['terraform-destroy', 'destroy'],
      ['terraform-destroy', 'prepare'],
    ] as const) {
      const described = at(workflow(name), 'jobs', job);
      const logins = listAt(described, 'steps').filter(
        (step) => textAt(step, 'uses') === './.github/actions/terraform',
      );
      expect(Number(at(described, 'timeout-minutes')) * 60).toBeLessThanOrEqual(Number(seconds) * logins.length);
    }
  });

  it('use one version of Terraform, which the folders require', () => {
    const texts = ['workflows/terraform.yaml', 'workflows/terraform-destroy.yaml', 'actions/terraform/action.yaml']
      .map((file) => readFileSync(join(repository, '.github', file), 'utf8'))
      .join('');
    const versions = new Set([...texts.matchAll(/terraform_version: (\S+)/g)].map(([, version = '']) => version));
    expect([...versions]).toEqual([expect.stringMatching(/^1\.11\.\d+$/)]);
  });

  it('use no long-lived credentials', () => {
    const texts = ['workflows/terraform.yaml', 'workflows/terraform-destroy.yaml', 'actions/terraform/action.yaml']
      .map((file) => readFileSync(join(repository, '.github', file), 'utf8'))
      .join('');
    expect(texts).not.toMatch(/secrets\.|client-secret|aws-access-key/);
  });
});
