import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** A temporary repository with the files that the scripts read. */
const scratch = mkdtempSync(join(tmpdir(), 'slipway-workflows-'));

/** Its roots, sorted by name. */
const ROOTS = {
  'production-test': { module: 'cluster-aws', backend: 's3' },
  'remote-state-aws': { module: 'remote-state-aws', backend: 'local' },
  'test-aks': { module: 'cluster-azure', backend: 'azurerm' },
  'test-kind': { module: 'kind', backend: 'local' },
} as const;
const RUN_BY_WORKFLOWS = ['production-test', 'test-aks'] as const;

const hasTerraform = spawnSync('terraform', ['version']).status === 0;

beforeAll(() => {
  for (const part of [join('bootstrap', 'modules'), '.github'])
    cpSync(join(REPOSITORY, part), join(scratch, part), { recursive: true });
  for (const [name, { module, backend }] of Object.entries(ROOTS)) {
    put(`bootstrap/roots/${name}/main.tf`, `module "cluster" {\n  source = "../../modules/${module}"\n}\n`);
    put(`bootstrap/roots/${name}/backend.tf`, `terraform {\n  backend "${backend}" {}\n}\n`);
  }
  writeFileSync(join(scratch, '.gitignore'), '/bin\n/kept\n.terraform*\n*.tfstate*\n');
  git('init', '--quiet');
  commit();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: scratch });
}

function commit(): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Change');
}

/** Writes a file of the scratch repository. */
function put(file: string, text: string): void {
  mkdirSync(dirname(join(scratch, file)), { recursive: true });
  writeFileSync(join(scratch, file), text);
}

function script(name: string, ...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, PATH: `${join(scratch, 'bin')}:${process.env['PATH'] ?? ''}`, CHECKPOINT_DISABLE: '1' };
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync('bash', [join('.github', 'scripts', name), ...args], { cwd: scratch, encoding: 'utf8', env });
  return { code, stdout, stderr };
}

describe('terraform-roots.sh', () => {
  it('lists the roots that workflows run', () => {
    expect(JSON.parse(script('terraform-roots.sh', 'all').stdout)).toEqual(RUN_BY_WORKFLOWS);
  });

  it.each([
    [['s3'], ['production-test']],
    [['azurerm', 's3'], RUN_BY_WORKFLOWS],
    [[], []],
  ])('lists the roots whose state is in one of %j', (backends, roots) => {
    expect(JSON.parse(script('terraform-roots.sh', 'backend', ...backends).stdout)).toEqual(roots);
  });

  it.each(RUN_BY_WORKFLOWS)('prints the backend of %s', (name) => {
    const { backend } = ROOTS[name];
    expect(script('terraform-roots.sh', 'cloud', name).stdout).toBe(`backend=${backend}\n`);
    expect(existsSync(join(REPOSITORY, 'bootstrap', 'roots', `${backend}.tfbackend`))).toBe(true);
  });

  it.each(['test-kind', 'remote-state-aws', 'nowhere', '*', '../x'])(
    'exits with 1 for %s, which no workflow may run',
    (name) => {
      const { code, stderr } = script('terraform-roots.sh', 'cloud', name);
      expect(stderr).toContain(`no root "${name}"`);
      expect(code).toBe(1);
    },
  );

  it.each([
    ['README.md', []],
    ['bootstrap/README.md', []],
    ['bootstrap/modules/kind/main.tf', []],
    ['bootstrap/roots/remote-state-aws/main.tf', []],
    ['bootstrap/roots/test-aks/main.tf', ['test-aks']],
    ['clusters/test-aks/cluster.ts', []],
    ['dist/test-aks/cluster.json', ['test-aks']],
    ['dist/test-aks/applications/Application.root.yaml', ['test-aks']],
    ['dist/test-aks/hello/Service.hello.yaml', []],
    ['clusters/pins/production/argo-cd.json', []],
    ['clusters/production-test/facts.json', []],
    ['bootstrap/modules/aks/main.tf', ['test-aks']],
    ['bootstrap/modules/eks/variables.tf', ['production-test']],
    ['bootstrap/modules/argocd/step.sh', RUN_BY_WORKFLOWS],
    ['bootstrap/modules/settings/main.tf', RUN_BY_WORKFLOWS],
    ['.github/workflows/terraform.yaml', RUN_BY_WORKFLOWS],
    ['.github/workflows/ci.yaml', []],
  ])('lists the roots affected by a change of %s', (file, roots) => {
    put(file, `${existsSync(join(scratch, file)) ? readFileSync(join(scratch, file), 'utf8') : ''}\n`);
    commit();
    expect(JSON.parse(script('terraform-roots.sh', 'changed', 'HEAD~1', 'HEAD').stdout)).toEqual(roots);
  });
});

describe('terraform-destroy.sh', () => {
  it('allows destroying a cluster that is not production', () => {
    expect(script('terraform-destroy.sh', 'allowed', 'test-aks')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('exits with 1 for a cluster without a root', () => {
    expect(script('terraform-destroy.sh', 'allowed', 'test-ask').code).toBe(1);
  });

  it.each(RUN_BY_WORKFLOWS.filter((name) => name.startsWith('production-')))(
    'allows destroying %s only if the file destroy-allowed contains its name',
    (name) => {
      const lock = `bootstrap/roots/${name}/destroy-allowed`;
      expect(script('terraform-destroy.sh', 'allowed', name)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(lock),
      });
      put(lock, 'yes\n');
      expect(script('terraform-destroy.sh', 'allowed', name).code).toBe(1);
      put(lock, `${name}\n`);
      expect(script('terraform-destroy.sh', 'allowed', name).code).toBe(0);
      rmSync(join(scratch, lock));
    },
  );

  describe.runIf(hasTerraform)('on a root of built-in resources', () => {
    const root = 'bootstrap/roots/test-aks';

    beforeAll(() => {
      rmSync(join(scratch, 'bootstrap'), { recursive: true });
      const call = (source: string) => `module "${source.replace('-', '_')}" {\n  source = "../${source}"\n}\n`;
      put('bootstrap/modules/cluster/main.tf', ['argocd', 'backup-store', 'dns', 'network'].map(call).join('\n'));
      put(
        'bootstrap/modules/argocd/main.tf',
        'resource "terraform_data" "removal" {\n  input = { KUBECONFIG_TEXT = "the kubeconfig" }\n}\n',
      );
      put(
        'bootstrap/modules/backup-store/main.tf',
        'resource "terraform_data" "bucket" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n',
      );
      put(
        'bootstrap/modules/dns/main.tf',
        'resource "terraform_data" "zone" {\n  for_each = toset(["example.com"])\n\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n',
      );
      put('bootstrap/modules/network/main.tf', 'resource "terraform_data" "network" {}\n');
      put(`${root}/main.tf`, 'module "cluster" {\n  source = "../../modules/cluster"\n}\n');
      // Stubbed: logs its arguments, and responds for a cluster with one load balancer.
      put(
        'bin/kubectl',
        `#!/bin/bash
echo "$(cat "$KUBECONFIG"): $*" >>"${scratch}/kubectl.log"
case "$*" in
  *"get services"*) echo '{"items":[{"metadata":{"name":"gateway","namespace":"gateway"},"spec":{"type":"LoadBalancer"}},{"metadata":{"name":"mongo","namespace":"mongo"},"spec":{"type":"ClusterIP"}}]}' ;;
  *"get persistentvolumes"*) echo '{"items":[]}' ;;
esac
`,
      );
      chmodSync(join(scratch, 'bin', 'kubectl'), 0o755);
      for (const command of [['init'], ['apply', '-auto-approve']])
        execFileSync('terraform', [`-chdir=${root}`, ...command, '-input=false'], { cwd: scratch });
    });

    const kubectl = (): string[] => readFileSync(join(scratch, 'kubectl.log'), 'utf8').trim().split('\n');

    it('plan lists the resources that are destroyed and those that are kept', () => {
      const { stdout } = script('terraform-destroy.sh', 'plan', 'test-aks');
      const [destroyed = '', kept = ''] = stdout.split('### Kept');
      expect(destroyed).toContain('module.cluster.module.network.terraform_data.network');
      expect(destroyed).not.toContain('backup_store');
      expect(kept).toContain('module.cluster.module.backup_store.terraform_data.bucket');
      expect(kept).toContain('module.cluster.module.dns.terraform_data.zone["example.com"]');
    });

    it('destroys load balancers and all resources but the kept ones, which it removes from the state', () => {
      expect(script('terraform-destroy.sh', 'keep', 'test-aks').code).toBe(0);
      expect(script('terraform-destroy.sh', 'destroy', 'test-aks').code).toBe(0);
      expect(kubectl().at(-1)).toBe(
        'the kubeconfig: --namespace gateway delete service gateway --ignore-not-found --timeout=10m',
      );
      expect(execFileSync('terraform', [`-chdir=${root}`, 'state', 'list'], { cwd: scratch, encoding: 'utf8' })).toBe(
        '',
      );
      expect(JSON.parse(readFileSync(join(scratch, 'kept', 'imports.tf.json'), 'utf8'))).toEqual({
        import: [
          {
            to: 'module.cluster.module.backup_store.terraform_data.bucket',
            id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          },
          { to: 'module.cluster.module.dns.terraform_data.zone["example.com"]', id: expect.any(String) as string },
        ],
      });
    });

    it('recreates a cluster that imports the kept resources', () => {
      put(`${root}/imports.tf.json`, readFileSync(join(scratch, 'kept', 'imports.tf.json'), 'utf8'));
      const output = execFileSync(
        'terraform',
        [`-chdir=${root}`, 'apply', '-auto-approve', '-input=false', '-no-color'],
        { cwd: scratch, encoding: 'utf8' },
      );
      expect(output).toContain('2 imported, 2 added, 0 changed, 0 destroyed');
    });

    it('resumes after an interruption', () => {
      execFileSync(
        'terraform',
        [`-chdir=${root}`, 'destroy', '-auto-approve', '-input=false', '-target=module.cluster.module.argocd'],
        { cwd: scratch },
      );
      rmSync(join(scratch, root, 'imports.tf.json'));
      expect(script('terraform-destroy.sh', 'keep', 'test-aks').code).toBe(0);
      expect(script('terraform-destroy.sh', 'destroy', 'test-aks').code).toBe(0);
    });
  });
});
