import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Ended, TemporaryRepository } from '../lib/temporary-repository.ts';

const CLUSTER = 'test-eks';

/** A repository of its own, with a terraform of ours on the PATH. */
const repository = await TemporaryRepository.make();
const { root } = repository;
const factsFile = `clusters/${CLUSTER}/facts.json`;
const committed = repository.read(factsFile);
const known = JSON.parse(committed) as Record<string, unknown>;

beforeEach(() => {
  repository.put(factsFile, committed);
  repository.put(`bootstrap/roots/${CLUSTER}/main.tf`, '');
  vi.stubEnv('PATH', `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`);
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => repository.remove());

/** What `terraform output -json` says of some values. */
function outputs(values: Readonly<Record<string, unknown>>, sensitive: readonly string[] = []): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        { sensitive: sensitive.includes(name), type: 'string', value },
      ]),
    ),
  );
}

/** Has a terraform on the PATH that runs a script. */
function terraform(script: string): void {
  repository.put('bin/terraform', `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'bin', 'terraform'), 0o755);
}

/** Takes outputs from a file. */
function fromFile(text: string): Promise<Ended> {
  repository.put('outputs.json', text);
  return repository.run('facts', CLUSTER, '--from', join(root, 'outputs.json'));
}

describe('slipway facts', () => {
  it('writes nothing for the outputs that are there already', () => {
    const { code, stdout } = repository.spawn(['facts', CLUSTER, '--from', '-'], outputs(known));
    expect(stdout).toBe(`clusters/${CLUSTER}/facts.json: unchanged\ndist/${CLUSTER}: nothing changes\n`);
    expect(code).toBe(0);
    expect(repository.read(factsFile)).toBe(committed);
  });

  it('writes what Terraform says when it is run in the root, in the order of the schema, and shows what changes in dist', async () => {
    const shuffled = Object.fromEntries(
      Object.entries({ ...known, region: 'eu-central-1', backup_bucket: 'other-backups' }).toReversed(),
    );
    terraform(
      `echo "$*" >&2; [ "$1" = '-chdir=${join(root, 'bootstrap', 'roots', CLUSTER)}' ] && cat <<'EOF'\n${outputs(shuffled)}\nEOF`,
    );
    const { code, stdout } = await repository.run('facts', CLUSTER);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `clusters/${CLUSTER}/facts.json: wrote region, backup_bucket\ndist/${CLUSTER}, by \`npm run synth -- ${CLUSTER}\`:\n`,
    );
    expect(stdout).toContain(`\n  change: ${CLUSTER}/velero/BackupStorageLocation.default.yaml\n`);
    expect(repository.read(factsFile)).toBe(
      committed.replace('"eu-north-1"', '"eu-central-1"').replace('test-eks-backups', 'other-backups'),
    );
  });

  it('leaves dist to synth', async () => {
    const before = repository.contents();
    expect((await fromFile(outputs({ ...known, region: 'eu-central-1' }))).code).toBe(0);
    expect(repository.contents()).toEqual(before);
  });

  it('takes a file', async () => {
    expect((await fromFile(outputs(known))).code).toBe(0);
  });

  it('names every output that is missing, unknown or wrong, and writes nothing', () => {
    const { backup_bucket: _, ...rest } = known;
    const { code, stderr } = repository.spawn(
      ['facts', CLUSTER, '--from', '-'],
      outputs({ ...rest, region: 'Frankfurt', zone: 'Z1' }),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      `"region" is not right\n  at:   standard input\n  seen: "Frankfurt"\n  fix:  it must be an AWS region such as eu-central-1`,
    );
    expect(stderr).toContain(
      `"backup_bucket" is missing\n  at:   standard input\n  fix:  it is Terraform's output "backup_bucket" of this cluster's root, bootstrap/roots/${CLUSTER}`,
    );
    expect(stderr).toContain('"zone"');
    expect(repository.read(factsFile)).toBe(committed);
  });

  it('refuses a sensitive output: facts.json is committed', async () => {
    const { code, stderr } = await fromFile(outputs(known, ['backup_bucket']));
    expect(stderr).toMatch(/^error: output "backup_bucket" is sensitive\n/);
    expect(code).toBe(1);
  });

  it.each([
    ['no JSON', 'Warning: nothing here'],
    ['values without what Terraform says of them', JSON.stringify(known)],
    ['a list', '[]'],
  ])('refuses %s', async (_, input) => {
    expect((await fromFile(input)).stderr).toMatch(
      /^error: this is not what `terraform output -json` says\n {2}at: {3}\S+outputs\.json\n/,
    );
  });

  it('repeats what Terraform complains of', async () => {
    terraform('echo "Error: Backend initialization required" >&2; exit 1');
    const { code, stderr } = await repository.run('facts', CLUSTER);
    expect(stderr).toContain(`seen: Error: Backend initialization required`);
    expect(code).toBe(1);
  });

  it.each([
    [[], 'facts takes one cluster'],
    [['nowhere'], 'there is no cluster "nowhere"'],
    [['test-aks'], 'cluster test-aks has no root'],
    [[CLUSTER, '--from', 'nowhere.json'], "Terraform's outputs cannot be read"],
    [[CLUSTER, '--form', '-'], 'facts has no option "--form"'],
    [[CLUSTER, '--from'], "Option '--from <value>' argument missing"],
  ])('%j is a mistake in one message', async (args, message) => {
    const { code, stderr } = await repository.run('facts', ...args);
    expect(stderr.split('\n')[0]).toBe(`error: ${message}`);
    expect(stderr).not.toContain('mistake in Slipway');
    expect(code).toBe(1);
  });
});
