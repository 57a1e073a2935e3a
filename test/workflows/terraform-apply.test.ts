import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';

const hasTerraform = spawnSync('terraform', ['version']).status === 0;
const SECRET = 'correct-horse';
const MANIFEST = 'kind: List\n';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'slipway-apply-'));
  for (const part of ['.github/scripts', 'bootstrap/modules/argocd'])
    cpSync(join(REPOSITORY, part), join(scratch, part), { recursive: true });
  put('bin/kubectl', '#!/bin/sh\ncat >/dev/null\n');
  chmodSync(join(scratch, 'bin', 'kubectl'), 0o755);
  put('dist/test/cluster.json', '{}');
  put('install.yaml', MANIFEST);
  root('v3.0.0', 'one');
  execFileSync('git', ['init', '--quiet', scratch]);
  execFileSync(
    'git',
    ['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--allow-empty', '--message=Begin'],
    {
      cwd: scratch,
    },
  );
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(join(scratch, file)), { recursive: true });
  writeFileSync(join(scratch, file), text);
}

/** A root with the module that installs Argo CD, a secret, and a resource whose input is given. */
function root(version: string, input: string): void {
  const sha256 = createHash('sha256').update(MANIFEST).digest('hex');
  put(
    'bootstrap/roots/test/main.tf',
    `module "argocd" {
  source           = "../../modules/argocd"
  cluster          = "test"
  dist             = "${scratch}/dist/test"
  kubeconfig       = "apiVersion: v1"
  argocd_version   = "${version}"
  manifest_sha256  = {}
  install_manifest = { location = "${scratch}/install.yaml", sha256 = "${sha256}" }
}

resource "terraform_data" "secret" {
  input = sensitive("${SECRET}")
}

resource "terraform_data" "network" {
  input = "${input}"
}

output "network" {
  value = terraform_data.network.output
}
`,
  );
}

function run(command: string, ...args: readonly string[]) {
  return spawnSync(command, args, {
    cwd: scratch,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(scratch, 'bin')}:${process.env['PATH'] ?? ''}`, CHECKPOINT_DISABLE: '1' },
  });
}
const terraform = (...args: readonly string[]) => run('terraform', '-chdir=bootstrap/roots/test', ...args);
const plan = () => run('bash', '.github/scripts/terraform-plan.sh', 'test', 'plan');
const apply = () => run('bash', '.github/scripts/terraform-apply.sh', 'test', 'plan/plan.txt');
const changes = (): unknown => JSON.parse(readFileSync(join(scratch, 'plan', 'changes.json'), 'utf8'));
const resources = () => terraform('state', 'list').stdout;

describe.runIf(hasTerraform)('terraform-plan.sh and terraform-apply.sh', () => {
  beforeEach(() => {
    expect(terraform('init', '-input=false').status).toBe(0);
  });

  it('apply what was approved, and hand on neither a planfile nor a secret', () => {
    const { status, stdout } = plan();
    expect(status).toBe(0);
    expect(stdout).toContain('Plan: 4 to add, 0 to change, 0 to destroy.');
    const files = readdirSync(join(scratch, 'plan')).toSorted();
    expect(files).toEqual(['changes.json', 'plan.txt']);
    const texts = files.map((file) => readFileSync(join(scratch, 'plan', file), 'utf8'));
    expect([stdout, ...texts].join('\n')).not.toContain(SECRET);
    expect(apply().status).toBe(0);
    expect(terraform('show', '-json').stdout).toContain(SECRET);
    expect(plan().stdout).toContain('No changes');
    expect(changes()).toMatchObject({ root: 'test', changes: [], argocd: { installed: 'v3.0.0', pinned: 'v3.0.0' } });
  });

  it('apply nothing if the plan is another one by then, and show the difference', () => {
    plan();
    root('v3.0.0', 'two');
    const { status, stderr } = apply();
    expect(status).toBe(1);
    expect(stderr).toContain('no longer the approved one');
    expect(stderr).toMatch(/^< .*"one"$/m);
    expect(stderr).toMatch(/^> .*"two"$/m);
    expect(resources()).toBe('');
  });

  it('say of a plan which addresses change, and how, without their values', () => {
    plan();
    apply();
    root('v3.1.0', 'two');
    expect(plan().status).toBe(0);
    expect(changes()).toEqual({
      root: 'test',
      changes: [
        { address: 'terraform_data.network', actions: ['update'] },
        { address: 'module.argocd.terraform_data.installation[0]', actions: ['delete', 'create'] },
        { address: 'output.network', actions: ['update'] },
      ],
      argocd: { installed: 'v3.0.0', pinned: 'v3.1.0' },
    });
  });

  it('fail with what Terraform says if a root cannot be planned', () => {
    put('bootstrap/roots/test/main.tf', 'output "network" {\n  value = local.nothing\n}\n');
    expect(plan()).toMatchObject({ status: 1, stderr: expect.stringContaining('undeclared local value') as string });
  });
});
