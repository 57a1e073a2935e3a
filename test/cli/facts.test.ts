import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '..', '..');
const CLUSTER = 'production-eks';

/** A copy of the repository, with a terraform of ours on the PATH. */
const root = mkdtempSync(join(tmpdir(), 'slipway-facts-'));
const factsFile = join(root, 'clusters', CLUSTER, 'facts.json');
const committed = readFileSync(join(repository, 'clusters', CLUSTER, 'facts.json'), 'utf8');
const known = JSON.parse(committed) as Record<string, unknown>;

for (const part of ['charts', 'clusters', 'cli', 'dist', 'package.json', 'cdk8s.yaml', 'tsconfig.json'])
  cpSync(join(repository, part), join(root, part), { recursive: true });
symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
mkdirSync(join(root, 'bootstrap', 'roots', CLUSTER), { recursive: true });
mkdirSync(join(root, 'bin'));

beforeEach(() => writeFileSync(factsFile, committed));
afterAll(() => rmSync(root, { recursive: true, force: true }));

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
  writeFileSync(join(root, 'bin', 'terraform'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'bin', 'terraform'), 0o755);
}

function facts(args: readonly string[], input = ''): { code: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}` };
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync(process.execPath, ['cli/slipway.mjs', 'facts', ...args], { cwd: root, encoding: 'utf8', input, env });
  return { code, stdout, stderr };
}

describe('slipway facts', () => {
  it('writes nothing for the outputs that are there already', () => {
    const { code, stdout } = facts([CLUSTER, '--from', '-'], outputs(known));
    expect(stdout).toBe(`clusters/${CLUSTER}/facts.json: unchanged\ndist/${CLUSTER}: nothing changes\n`);
    expect(code).toBe(0);
    expect(readFileSync(factsFile, 'utf8')).toBe(committed);
  });

  it('writes what Terraform says when it is run in the root, in the order of the schema, and shows what changes in dist', () => {
    const shuffled = Object.fromEntries(
      Object.entries({ ...known, region: 'eu-central-1', backup_bucket: 'other-backups' }).toReversed(),
    );
    terraform(
      `echo "$*" >&2; [ "$1" = '-chdir=${join(root, 'bootstrap', 'roots', CLUSTER)}' ] && cat <<'EOF'\n${outputs(shuffled)}\nEOF`,
    );
    const { code, stdout } = facts([CLUSTER]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `clusters/${CLUSTER}/facts.json: wrote region, backup_bucket\ndist/${CLUSTER}, by \`npm run synth -- ${CLUSTER}\`:\n`,
    );
    expect(stdout).toContain(`\n  change: ${CLUSTER}/velero/BackupStorageLocation.default.yaml\n`);
    expect(readFileSync(factsFile, 'utf8')).toBe(
      committed.replace('"us-east-1"', '"eu-central-1"').replace('example-production-eks-backups', 'other-backups'),
    );
  });

  it('leaves dist to synth', () => {
    facts([CLUSTER, '--from', '-'], outputs({ ...known, region: 'eu-central-1' }));
    expect(spawnSync('diff', ['-r', join(repository, 'dist'), join(root, 'dist')]).status).toBe(0);
  });

  it('takes a file', () => {
    const file = join(root, 'outputs.json');
    writeFileSync(file, outputs(known));
    expect(facts([CLUSTER, '--from', file]).code).toBe(0);
  });

  it('names every output that is missing, unknown or wrong, and writes nothing', () => {
    const { backup_bucket: _, ...rest } = known;
    const { code, stderr } = facts([CLUSTER, '--from', '-'], outputs({ ...rest, region: 'Frankfurt', zone: 'Z1' }));
    expect(code).toBe(1);
    expect(stderr).toContain(
      `"region" is not right\n  at:   standard input\n  seen: "Frankfurt"\n  fix:  it must be an AWS region such as eu-central-1`,
    );
    expect(stderr).toContain(
      `"backup_bucket" is missing\n  at:   standard input\n  fix:  it is Terraform's output "backup_bucket" of this cluster's root, bootstrap/roots/${CLUSTER}`,
    );
    expect(stderr).toContain('"zone"');
    expect(readFileSync(factsFile, 'utf8')).toBe(committed);
  });

  it('refuses a sensitive output: facts.json is committed', () => {
    const { code, stderr } = facts([CLUSTER, '--from', '-'], outputs(known, ['backup_bucket']));
    expect(stderr).toMatch(/^error: output "backup_bucket" is sensitive\n/);
    expect(code).toBe(1);
  });

  it.each([
    ['no JSON', 'Warning: nothing here'],
    ['values without what Terraform says of them', JSON.stringify(known)],
    ['a list', '[]'],
  ])('refuses %s', (_, input) => {
    expect(facts([CLUSTER, '--from', '-'], input).stderr).toMatch(
      /^error: this is not what `terraform output -json` says\n {2}at: {3}standard input\n/,
    );
  });

  it('repeats what Terraform complains of', () => {
    terraform('echo "Error: Backend initialization required" >&2; exit 1');
    const { code, stderr } = facts([CLUSTER]);
    expect(stderr).toContain(`seen: Error: Backend initialization required`);
    expect(code).toBe(1);
  });

  it.each([
    [[], 'facts takes one cluster'],
    [['nowhere'], 'there is no cluster "nowhere"'],
    [['staging-aks'], 'cluster staging-aks has no root'],
    [[CLUSTER, '--from', 'nowhere.json'], "Terraform's outputs cannot be read"],
    [[CLUSTER, '--form', '-'], 'facts has no option "--form"'],
    [[CLUSTER, '--from'], "Option '--from <value>' argument missing"],
  ])('%j is a mistake in one message', (args, message) => {
    const { code, stderr } = facts(args);
    expect(stderr.split('\n')[0]).toBe(`error: ${message}`);
    expect(stderr).not.toContain('mistake in Slipway');
    expect(code).toBe(1);
  });
});
