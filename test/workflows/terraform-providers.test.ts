import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';

const REGISTRY = {
  'hashicorp/aws': ['6.69.1', '6.9.0', '6.73.0'],
  'hashicorp/azurerm': ['4.81.0', '5.10.0', '5.14.0', '6.0.0'],
};
const FOLDERS = ['modules/aks', 'modules/eks', 'modules/settings', 'roots/one', 'roots/two'];

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'slipway-providers-'));
  for (const name of ['terraform-providers.sh', 'terraform-validate.sh'])
    cpSync(join(REPOSITORY, '.github', 'scripts', name), join(scratch, '.github', 'scripts', name));
  put(
    'bin/terraform',
    `#!/bin/sh\nexec "${process.execPath}" "${join(import.meta.dirname, 'terraform-registry.mjs')}" "$@"\n`,
  );
  chmodSync(join(scratch, 'bin', 'terraform'), 0o755);
  put('clusters/rings.ts', '');
  put('dist/one/cluster.json', '{}');
  put('bootstrap/modules/settings/versions.tf', 'terraform {\n  required_version = "~> 1.11"\n}\n');
  put('bootstrap/modules/aks/versions.tf', requiring('azurerm', '~> 5.10'));
  put('bootstrap/modules/aks/tests/aks.tftest.hcl', '');
  put('bootstrap/modules/eks/versions.tf', requiring('aws', '~> 6.69'));
  root('one', 'aks', requiring('azurerm', '5.10.0'));
  root('two', 'eks', requiring('aws', '6.69.1'));
  // Of the versions that the roots pin.
  put(
    'bootstrap/roots/one/.terraform.lock.hcl',
    'provider "registry.terraform.io/hashicorp/azurerm" {\n  version = "5.10.0"\n}\n',
  );
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(join(scratch, file)), { recursive: true });
  writeFileSync(join(scratch, file), text);
}

function requiring(name: string, version: string): string {
  return `terraform {
  required_version = "~> 1.11"

  required_providers {
    ${name} = {
      source  = "hashicorp/${name}"
      version = "${version}"
    }
  }
}
`;
}

function root(name: string, module: string, versions: string): void {
  put(
    `bootstrap/roots/${name}/main.tf`,
    `module "cluster" {\n  source = "../../modules/${module}"\n  version_of_argocd = "3.5"\n}\n`,
  );
  put(`bootstrap/roots/${name}/versions.tf`, versions);
}

function providers(args: readonly string[], broken = ''): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['.github/scripts/terraform-providers.sh', ...args], {
    cwd: scratch,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(scratch, 'bin')}:${process.env['PATH'] ?? ''}`,
      REGISTRY: JSON.stringify(REGISTRY),
      CALLS: join(scratch, 'calls'),
      BROKEN: broken,
    },
  });
  return { code: status, stdout, stderr };
}

const calls = (): string[] => readFileSync(join(scratch, 'calls'), 'utf8').trim().split('\n');

describe('terraform-providers.sh', () => {
  it('allowed validates every folder with the newest providers that the ranges of modules admit', () => {
    const { code, stdout, stderr } = providers(['allowed'], 'hashicorp/azurerm 6.0.0');
    expect(stderr).not.toContain('rror');
    expect(stdout.split('\n')).toEqual([
      '### The newest providers that the modules admit',
      '',
      '- aws 6.73.0; the roots pin 6.69.1',
      '- azurerm 5.14.0; the roots pin 5.10.0',
      '',
      'Valid with them: 5 of 5 folders.',
      '',
    ]);
    expect(code).toBe(0);
    expect(calls().filter((call) => call.startsWith('validate'))).toEqual(
      FOLDERS.map((folder) => `validate bootstrap/${folder}`),
    );
    expect(calls()).toContain('test bootstrap/modules/aks');
  });

  it('newest lifts the ranges too, downloads each provider once, and changes nothing in the repository', () => {
    const files = ['modules/aks/versions.tf', 'roots/one/versions.tf', 'roots/one/.terraform.lock.hcl'];
    const read = () => files.map((file) => readFileSync(join(scratch, 'bootstrap', file), 'utf8'));
    const before = read();
    const { code, stdout } = providers(['newest']);
    expect(stdout).toContain('- azurerm 6.0.0; the roots pin 5.10.0\n');
    expect(code).toBe(0);
    expect(calls().filter((call) => call.startsWith('download'))).toEqual([
      'download hashicorp/azurerm 6.0.0',
      'download hashicorp/aws 6.73.0',
    ]);
    expect(read()).toEqual(before);
    expect(existsSync(join(scratch, 'bootstrap/roots/two/.terraform.lock.hcl'))).toBe(false);
  });

  it('names all folders that are not valid with a next major version, and exits with 1', () => {
    const { code, stdout, stderr } = providers(['newest'], 'hashicorp/azurerm 6.0.0');
    expect(stdout).toMatch(
      /- azurerm 6\.0\.0; .*\n\nValid with them: 3 of 5 folders\.\n\nNot valid:\n- bootstrap\/modules\/aks\n- bootstrap\/roots\/one\n$/,
    );
    expect(stderr).toContain('Unsupported argument, by hashicorp/azurerm 6.0.0');
    expect(stderr).toContain('error: 2 of 5 folders are not valid');
    expect(code).toBe(1);
  });

  it('validates the folders that are named alone', () => {
    expect(providers(['newest', 'bootstrap/roots/two']).stdout).toContain('Valid with them: 1 of 1 folders.');
    expect(calls()).toEqual(['download hashicorp/aws 6.73.0', 'validate bootstrap/roots/two']);
  });

  it('exits with 1 for a version that it cannot take out, rather than pass with it', () => {
    put(
      'bootstrap/roots/two/versions.tf',
      'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws", version = "6.69.1" }\n  }\n}\n',
    );
    const { code, stdout, stderr } = providers(['allowed']);
    expect(stderr).toContain('at:   bootstrap/roots/two/versions.tf\n  seen: aws = { source');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it.each([[[]], [['pinned']]])('exits with 2 for %j', (args) => {
    expect(providers(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('allowed | newest') as string });
  });
});
