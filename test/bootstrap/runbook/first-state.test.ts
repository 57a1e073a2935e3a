import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../../lib/load-fleet.ts';
import { stepsOf } from './document.ts';

const FIRST = 'docs/runbooks/first-cluster.md';
const hasTerraform = spawnSync('terraform', ['version']).status === 0;
/** What makes the store: here a folder. */
const ROOT = `resource "terraform_data" "store" {
  provisioner "local-exec" {
    command = "mkdir ../store"
  }
}
`;
/** In place of waiting: from then on the location is known, without which Terraform refuses. */
const SLEEP = '#!/bin/sh\nmv ../location ../local.tfbackend\necho slept >>../sleeps\n';

describe.skipIf(!hasTerraform)(`the store of states in ${FIRST}, with the real Terraform`, () => {
  let scratch: string;
  const path = (...names: readonly string[]): string => join(scratch, 'bootstrap', 'roots', ...names);
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'slipway-first-state-'));
    mkdirSync(path('state'), { recursive: true });
    mkdirSync(join(scratch, 'bin'));
    writeFileSync(path('state', 'backend.tf'), 'terraform {\n  backend "local" {}\n}\n');
    writeFileSync(path('state', 'main.tf'), ROOT);
    writeFileSync(path('location'), 'path = "../store/state.tfstate"\n');
    writeFileSync(join(scratch, 'bin', 'sleep'), SLEEP);
    chmodSync(join(scratch, 'bin', 'sleep'), 0o755);
    writeFileSync(join(scratch, 'terraformrc'), '');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('has its own state moved into it, without a question, once it admits it', () => {
    const steps = stepsOf(join(REPOSITORY, FIRST), FIRST, 'AWS').filter(({ code }) => /backend_override/.test(code));
    expect(steps).toHaveLength(2);
    const { status, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', steps.map(({ code }) => code).join('\n')], {
      cwd: scratch,
      encoding: 'utf8',
      input: '',
      env: {
        ...process.env,
        PATH: `${join(scratch, 'bin')}:${process.env['PATH']}`,
        STATE: 'state',
        BACKEND: 'local',
        TF_CLI_CONFIG_FILE: join(scratch, 'terraformrc'),
        TF_CLI_ARGS_apply: '-auto-approve',
      },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('local.tfbackend') });
    expect(readFileSync(path('sleeps'), 'utf8')).toBe('slept\n');
    expect(readFileSync(path('store', 'state.tfstate'), 'utf8')).toContain('terraform_data');
    expect(existsSync(path('state', 'terraform.tfstate'))).toBe(false);
  });
});
