import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXIT } from '../../cli/exit.ts';
import { type Ended, TemporaryRepository } from '../lib/temporary-repository.ts';

const CLUSTER = 'test-eks';

/** A temporary repository, with a stubbed `terraform` on the PATH. */
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

/** The output of `terraform output -json` for some values. */
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

/** Stubs `terraform` by a script. */
function terraform(script: string): void {
  repository.put('bin/terraform', `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'bin', 'terraform'), 0o755);
}

/** Runs the command with outputs from a file. */
function fromFile(text: string): Promise<Ended> {
  repository.put('outputs.json', text);
  return repository.run('facts', CLUSTER, '--from', join(root, 'outputs.json'));
}

describe('slipway facts', () => {
  it('writes nothing if the outputs are unchanged', () => {
    const { code, stdout } = repository.spawn(['facts', CLUSTER, '--from', '-'], outputs(known));
    expect(stdout).toBe(`clusters/${CLUSTER}/facts.json: unchanged\ndist/${CLUSTER}: no changes\n`);
    expect(code).toBe(0);
    expect(repository.read(factsFile)).toBe(committed);
  });

  it('runs terraform output in the root, writes facts.json in the order of the schema, and lists the changes of dist', async () => {
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

  it('does not write dist', async () => {
    const before = repository.contents();
    expect((await fromFile(outputs({ ...known, region: 'eu-central-1' }))).code).toBe(0);
    expect(repository.contents()).toEqual(before);
  });

  it('reads outputs from a file', async () => {
    expect((await fromFile(outputs(known))).code).toBe(0);
  });

  it('reports every output that is missing, unknown or invalid, and writes nothing', () => {
    const { backup_bucket: _, ...rest } = known;
    const { code, stderr } = repository.spawn(
      ['facts', CLUSTER, '--from', '-'],
      outputs({ ...rest, region: 'Frankfurt', zone: 'Z1' }),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      `"region" is invalid\n  at:   standard input\n  seen: "Frankfurt"\n  fix:  it must be an AWS region such as eu-central-1`,
    );
    expect(stderr).toContain(
      `"backup_bucket" is missing\n  at:   standard input\n  fix:  it is the output "backup_bucket" of this cluster's Terraform root, bootstrap/roots/${CLUSTER}`,
    );
    expect(stderr).toContain('"zone"');
    expect(repository.read(factsFile)).toBe(committed);
  });

  it('rejects a sensitive output, because facts.json is committed', async () => {
    const { code, stderr } = await fromFile(outputs(known, ['backup_bucket']));
    expect(stderr).toMatch(/^error: output "backup_bucket" is sensitive\n/);
    expect(code).toBe(1);
  });

  it.each([
    ['text that is not JSON', 'Warning: nothing here'],
    ['values without sensitive and type', JSON.stringify(known)],
    ['a list', '[]'],
  ])('rejects %s', async (_, input) => {
    expect((await fromFile(input)).stderr).toMatch(
      /^error: this is not the output of `terraform output -json`\n {2}at: {3}\S+outputs\.json\n/,
    );
  });

  it('rejects the outputs of another cluster, and names both', async () => {
    const { code, stderr } = await fromFile(outputs({ ...known, cluster_name: 'staging-eks' }));
    expect(stderr).toBe(
      `error: these are the facts of cluster "staging-eks", not of cluster "${CLUSTER}"\n  at:   ${join(root, 'outputs.json')}\n  seen: {"cluster_name":"staging-eks"}\n  fix:  take those of bootstrap/roots/${CLUSTER}: run \`slipway facts ${CLUSTER}\`; if they are, correct \`cluster\` in its main.tf, and its backend\n`,
    );
    expect(code).toBe(1);
    expect(repository.read(factsFile)).toBe(committed);
  });

  it('rejects outputs that do not say which cluster they are about', async () => {
    const { cluster_name: _, ...nameless } = known;
    expect((await fromFile(outputs(nameless))).stderr).toMatch(
      /^error: the outputs do not say which cluster they are about: "cluster_name" is missing\n/,
    );
    expect(repository.read(factsFile)).toBe(committed);
  });

  it.each(['utf8', 'utf16le'] as const)('reads outputs that a shell redirected as %s with a mark', async (encoding) => {
    writeFileSync(join(root, 'outputs.json'), `\uFEFF${outputs(known)}`, encoding);
    const { code, stderr } = await repository.run('facts', CLUSTER, '--from', join(root, 'outputs.json'));
    expect([code, stderr]).toEqual([0, '']);
  });

  it('changes nothing and leaves nothing if facts.json cannot be written', async () => {
    rmSync(join(root, factsFile));
    mkdirSync(join(root, factsFile));
    const { code, stderr } = await fromFile(outputs(known));
    rmSync(join(root, factsFile), { recursive: true });
    expect(stderr).toMatch(/^error: the facts cannot be written; they are unchanged\n {2}at: {3}clusters/);
    expect(code).toBe(1);
    expect(existsSync(join(root, `${factsFile}.new`))).toBe(false);
  });

  it("includes Terraform's error message", async () => {
    terraform('echo "Error: Backend initialization required" >&2; exit 1');
    const { code, stderr } = await repository.run('facts', CLUSTER);
    expect(stderr).toContain(`seen: Error: Backend initialization required`);
    expect(code).toBe(1);
  });

  it.each([
    [[], 'facts takes one cluster', EXIT.usage],
    [['nowhere'], 'there is no cluster "nowhere"', EXIT.usage],
    [['test-aks'], 'cluster test-aks has no Terraform root', EXIT.fault],
    [[CLUSTER, '--from', 'nowhere.json'], "Terraform's outputs cannot be read", EXIT.fault],
    [[CLUSTER, '--form', '-'], 'facts has no option "--form"', EXIT.usage],
    [[CLUSTER, '--from'], '--from takes a value', EXIT.usage],
  ])('%j reports "%s"', async (args, message, expected) => {
    const { code, stderr } = await repository.run('facts', ...args);
    expect(stderr.split('\n')[0]).toBe(`error: ${message}`);
    expect(stderr).not.toContain('bug in Slipway');
    expect(code).toBe(expected);
  });
});
