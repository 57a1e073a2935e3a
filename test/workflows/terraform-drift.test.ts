import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';

interface Issue {
  readonly number: number;
  readonly state: string;
  readonly user: { readonly type: string };
  readonly title: string;
  readonly body: string;
}

interface Change {
  readonly address: string;
  readonly actions: readonly string[];
}

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'slipway-drift-'));
  mkdirSync(join(scratch, 'bin'));
  const gh = join(REPOSITORY, 'test', 'workflows', 'gh.mjs');
  writeFileSync(join(scratch, 'bin', 'gh'), `#!/bin/sh\nexec "${process.execPath}" "${gh}" "$@"\n`);
  chmodSync(join(scratch, 'bin', 'gh'), 0o755);
  has([]);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const has = (issues: readonly object[]): void => writeFileSync(join(scratch, 'state.json'), JSON.stringify({ issues }));
const issues = (): Issue[] =>
  (JSON.parse(readFileSync(join(scratch, 'state.json'), 'utf8')) as { issues: Issue[] }).issues;

function planned(root: string, changes: readonly Change[], argocd: object | null = null): void {
  mkdirSync(join(scratch, 'drift', `drift-${root}`), { recursive: true });
  writeFileSync(join(scratch, 'drift', `drift-${root}`, 'changes.json'), JSON.stringify({ root, changes, argocd }));
}

function report(): void {
  const { status, stderr } = spawnSync(
    'bash',
    [join(REPOSITORY, '.github', 'scripts', 'terraform-drift.sh'), join(scratch, 'drift')],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${join(scratch, 'bin')}:${process.env['PATH'] ?? ''}`,
        GH_STATE: join(scratch, 'state.json'),
        GITHUB_REPOSITORY: 'acme/fleet',
        RUN_URL: 'https://github.com/acme/fleet/actions/runs/7',
      },
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

const VPC: Change = { address: 'module.cluster.module.network.aws_vpc.this', actions: ['update'] };
const MARKER = '<!-- slipway-drift production-eks -->';

describe('terraform-drift.sh', () => {
  it('opens an issue for each root whose plan is not empty, once', () => {
    planned('production-eks', [VPC, { address: 'aws_eip.nat["a"]', actions: ['delete', 'create'] }]);
    planned('staging-aks', []);
    report();
    expect(issues()).toMatchObject([{ title: 'Drift: production-eks', state: 'open' }]);
    expect(issues()[0]?.body.split('\n')).toEqual([
      MARKER,
      expect.stringContaining('(https://github.com/acme/fleet/actions/runs/7)'),
      expect.any(String),
      '',
      '- `update` `module.cluster.module.network.aws_vpc.this`',
      '- `delete, create` `aws_eip.nat["a"]`',
    ]);
    report();
    expect(issues()).toHaveLength(1);
  });

  it('updates its own open issue, and closes it once the plan is empty', () => {
    const others = [
      { number: 1, state: 'open', user: { type: 'User' }, body: `${MARKER} somebody's` },
      { number: 2, state: 'closed', user: { type: 'Bot' }, body: MARKER },
      { number: 3, state: 'open', user: { type: 'Bot' }, body: '<!-- slipway-drift production-aks -->' },
      { number: 4, state: 'open', user: { type: 'Bot' }, body: null },
    ];
    has([...others, { number: 5, state: 'open', user: { type: 'Bot' }, body: MARKER }]);
    planned('production-eks', [VPC]);
    report();
    expect(issues()[4]?.body).toContain('aws_vpc.this');
    planned('production-eks', []);
    report();
    expect(issues()[4]).toMatchObject({ number: 5, state: 'closed', state_reason: 'completed' });
    expect(issues().slice(0, 4)).toEqual(others);
  });

  it('leaves the issue of a root that could not be planned', () => {
    has([{ number: 5, state: 'open', user: { type: 'Bot' }, body: MARKER }]);
    report();
    expect(issues()).toMatchObject([{ number: 5, state: 'open' }]);
  });

  it('says which Argo CD was installed and which one is pinned, if they differ', () => {
    planned('staging-aks', [VPC], { installed: 'v3.0.0', pinned: 'v3.0.0' });
    planned('production-eks', [VPC], { installed: 'v3.0.0', pinned: 'v3.1.0' });
    report();
    const [eks, aks] = issues();
    expect(eks?.body).toContain('Argo CD: Terraform installed `v3.0.0` last, and `v3.1.0` is pinned.');
    expect(aks?.body).not.toContain('Argo CD');
  });

  it('shows at most 200 changes, and no markup that an address has', () => {
    planned(
      'production-eks',
      Array.from({ length: 250 }, (_, i) => ({ address: `a["\`@ann\n${i}"]`, actions: ['update'] })),
    );
    report();
    const lines = issues()[0]?.body.split('\n') ?? [];
    expect(lines.filter((line) => /^- `update` `a\[" @ann \d+"\]`$/.test(line))).toHaveLength(200);
    expect(lines.at(-1)).toBe('- and 50 more');
  });
});
