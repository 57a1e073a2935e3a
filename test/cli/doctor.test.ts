import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CodeOwners } from '../../cli/doctor/code-owners.ts';
import { doctor } from '../../cli/doctor/command.ts';
import { placeOf } from '../../cli/doctor/github.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { FleetFolder, LAPTOP } from './fleet-folder.ts';

const APPROVERS = '@example/approvers';
const OWNERS = `* @example/platform
/CODEOWNERS ${APPROVERS}
/.github/ ${APPROVERS}
/bootstrap/modules/ ${APPROVERS}
/clusters/*.ts ${APPROVERS}
/clusters/code.json ${APPROVERS}
/clusters/pins/production/ ${APPROVERS}
/clusters/live/ ${APPROVERS}
/dist/live/ ${APPROVERS}
`;
const CI = `jobs:
  check: { name: 'Node \${{ matrix.node }}', strategy: { matrix: { node: ['20', '22'] } } }
  plan: {}
`;
const TERRAFORM = `on: { workflow_dispatch: { inputs: { root: { options: [live] } } } }
jobs:
  plan: { steps: [{ run: 'echo \${{ vars.REGION }} \${{ vars.RUNNER || 0 }} \${{ vars.AWS_ROLE }}' }] }
`;

/** What GitHub says of a repository that is well guarded, by paths below that of the repository. */
const GUARDED: Readonly<Record<string, unknown>> = {
  'rules/branches/main?per_page=100': [
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    {
      type: 'pull_request',
      parameters: {
        require_code_owner_review: true,
        required_approving_review_count: 2,
        require_last_push_approval: true,
        dismiss_stale_reviews_on_push: true,
      },
    },
    {
      type: 'required_status_checks',
      parameters: { required_status_checks: [{ context: 'Node 20' }, { context: 'Node 22' }, { context: 'plan' }] },
    },
  ],
  'codeowners/errors?ref=main': { errors: [] },
  'actions/permissions/workflow': { default_workflow_permissions: 'read', can_approve_pull_request_reviews: false },
  'environments/live': {
    name: 'live',
    can_admins_bypass: false,
    protection_rules: [{ type: 'required_reviewers', prevent_self_review: true, reviewers: [{ type: 'Team' }] }],
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  },
  'environments/live/deployment-branch-policies': { branch_policies: [{ name: 'main' }] },
  'actions/variables?per_page=100': { variables: [] },
  'actions/organization-variables?per_page=100': { variables: [{ name: 'REGION' }] },
  'actions/oidc/customization/sub': { use_default: true, sub_claim_prefix: 'repo:example@1/fleet@2' },
};

let fleet: FleetFolder;
beforeEach(() => {
  fleet = new FleetFolder();
  fleet.add('live', LAPTOP);
  fleet.ring({ production: { clusters: ['live'], approvers: [APPROVERS] } });
  fleet.write('CODEOWNERS', OWNERS);
  fleet.write('.github/workflows/ci.yaml', CI);
  fleet.write('.github/workflows/terraform.yaml', TERRAFORM);
  fleet.write('bootstrap/modules/settings/main.tf', '  github_subject_prefixes = ["repo:example@1/fleet@2"]\n');
});
afterEach(() => fleet.remove());

describe('the owners of a path', () => {
  it.each([
    ['*', 'a/b.txt', true],
    ['/a/', 'a/b/c.txt', true],
    ['/a', 'a/b/c.txt', true],
    ['a/', 'x/a/b.txt', true],
    ['/a/', 'x/a/b.txt', false],
    ['/a/*', 'a/b.txt', true],
    ['/a/*', 'a/b/c.txt', false],
    ['/a/**', 'a/b/c.txt', true],
    ['/a-*', 'a-1/b.txt', true],
    ['/a-*/', 'a-1', false],
    ['**/logs', 'x/y/logs/z', true],
    ['a/**/b', 'a/b', true],
    ['*.ts', 'x/y.ts', true],
    ['*.ts', 'x/y.tsx', false],
    ['/with\\ space/', 'with space/a', true],
    ['/a.b', 'axb', false],
  ])('by %s: %s is %s', (pattern, path, isOwned) => {
    expect(new CodeOwners(`${pattern} @one`).of(path)).toEqual(isOwned ? ['@one'] : []);
  });

  it('are those of the last rule alone, without what is a comment', () => {
    const owners = new CodeOwners('* @one\n# /a/ @no\n/a/ @two @three # both\n/a/b/\n');
    expect(owners.of('a/x')).toEqual(['@two', '@three']);
    expect(owners.of('a/b/x')).toEqual([]);
    expect(owners.of('x')).toEqual(['@one']);
  });
});

describe('slipway doctor --offline', () => {
  const offline = () => doctor(fleet, { offline: true, json: false });

  it('is content if CODEOWNERS leaves what a ring guards to its approvers', async () => {
    expect(await offline()).toEqual({
      text: `in force  CODEOWNERS leaves 9 paths of the ring production to ${APPROVERS} alone\n1 guard: all in force`,
      code: 0,
    });
  });

  it.each([
    [
      'another owner who may approve alone',
      `/dist/live/ @example/platform ${APPROVERS}`,
      'dist/live/: @example/platform, @example/approvers',
    ],
    ['an owner of a later line', '/dist/ @example/platform', 'dist/live/: @example/platform'],
    ['a path that nobody owns', '/clusters/pins/', 'clusters/pins/production/: nobody'],
    ['who owns CODEOWNERS', '/CODEOWNERS @example/platform', 'CODEOWNERS: @example/platform'],
  ])('names %s', async (_, line, seen) => {
    fleet.write('CODEOWNERS', `${OWNERS}${line}\n`);
    const { text, code } = await offline();
    expect(code).toBe(2);
    expect(text).toContain(`    seen: ${seen}\n    fix:\nend CODEOWNERS with:\n/${seen.split(':')[0]} ${APPROVERS}\n`);
  });

  it('reads the file that GitHub reads', async () => {
    fleet.write('.github/CODEOWNERS', '* @example/platform\n');
    expect((await offline()).text).toContain('missing   .github/CODEOWNERS leaves');
  });

  it('asks nothing of rings without approvers', async () => {
    fleet.ring({ production: { clusters: ['live'] } });
    expect((await offline()).text).toBe('0 guards: all in force');
  });
});

// A stand-in for GitHub: it shows what is asked, and how answers are understood, not that GitHub answers so.
describe('slipway doctor', () => {
  let server: Server;
  let answers: Record<string, unknown>;
  let tokens: (string | undefined)[];
  beforeAll(async () => {
    server = createServer((req, res) => {
      tokens.push(req.headers.authorization);
      const path = req.url?.replace('/repos/example/fleet/', '') ?? '';
      const answer = answers[path];
      res.setHeader('content-type', 'application/json; charset=utf-8');
      if (answer === 'hang') return;
      res.statusCode = typeof answer === 'number' ? answer : answer === undefined ? 404 : 200;
      res.end(JSON.stringify(res.statusCode === 200 ? answer : { message: 'No' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    answers = { ...GUARDED };
    tokens = [];
    vi.stubEnv('GITHUB_API_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('GH_TOKEN', 'a-token');
  });
  afterEach(() => vi.unstubAllEnvs());

  const online = () => doctor(fleet, { offline: false, json: false });

  it('is content with a repository that is well guarded', async () => {
    const { text, code } = await online();
    expect(text.split('\n').filter((line) => !line.startsWith('in force'))).toEqual(['10 guards: all in force']);
    expect(code).toBe(0);
    expect(new Set(tokens)).toEqual(new Set(['Bearer a-token']));
  });

  it.each<[string, string, unknown, readonly string[]]>([
    [
      'a branch without rules',
      'rules/branches/main?per_page=100',
      [],
      [
        'seen: no rule pull_request',
        'seen: not required: Node 20, Node 22, plan',
        'seen: no rule deletion, non_fast_forward',
        'gh api --method POST repos/example/fleet/rulesets --input - <<JSON',
      ],
    ],
    [
      'reviews that anybody may give',
      'rules/branches/main?per_page=100',
      [{ type: 'pull_request', parameters: { required_approving_review_count: 1 } }],
      [
        'main takes pull requests alone, approved by code owners after the last push\n    seen: {"required_approving_review_count":1}',
      ],
    ],
    [
      'an owner whom GitHub does not know',
      'codeowners/errors?ref=main',
      { errors: [{ path: 'CODEOWNERS', line: 3, kind: 'Unknown owner' }] },
      ['seen: CODEOWNERS:3: Unknown owner'],
    ],
    [
      "workflows' tokens that may write",
      'actions/permissions/workflow',
      { default_workflow_permissions: 'write', can_approve_pull_request_reviews: false },
      ['gh api --method PUT repos/example/fleet/actions/permissions/workflow -f default_workflow_permissions=read'],
    ],
    [
      'no environment',
      'environments/live',
      undefined,
      [
        'seen: there is no such environment',
        '"id": $(gh api orgs/example/teams/approvers --jq .id)\n',
        'environments/live/deployment-branch-policies -f name=main',
      ],
    ],
    [
      'an environment whose approval administrators pass by',
      'environments/live',
      { ...(GUARDED['environments/live'] as object), can_admins_bypass: true },
      ['"can_admins_bypass":true'],
    ],
    [
      'an environment that admits any branch',
      'environments/live/deployment-branch-policies',
      { branch_policies: [{ name: 'main' }, { name: '*' }] },
      ['seen: main, *'],
    ],
    [
      'a variable that is not set',
      'actions/organization-variables?per_page=100',
      { variables: [] },
      ['seen: REGION is not set: terraform.yaml', 'gh variable set REGION --repo example/fleet --body …'],
    ],
    [
      'a subject that clouds do not trust',
      'actions/oidc/customization/sub',
      { sub_claim_prefix: 'repo:example/fleet' },
      ['seen: their subjects begin with repo:example/fleet, and clouds trust repo:example@1/fleet@2'],
    ],
  ])('says what to do about %s', async (_, path, answer, parts) => {
    answers[path] = answer;
    const { text, code } = await online();
    expect(code).toBe(2);
    for (const part of parts) expect(text).toContain(part);
  });

  it('asks for roles and variables of a cloud only if a state is in it', async () => {
    fleet.write('bootstrap/roots/live/backend.tf', 'terraform {\n  backend "s3" {}\n}\n');
    fleet.write('CODEOWNERS', `${OWNERS}/bootstrap/roots/live/ ${APPROVERS}\n`);
    expect((await online()).text).toContain('seen: AWS_ROLE is not set: terraform.yaml');
  });

  it.each([
    ['ghcr.io/acme/platform', []],
    ['acmelive.azurecr.io/platform', ['AZURE_PUBLISH_CLIENT_ID', 'AZURE_TENANT_ID']],
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme-live', ['AWS_PUBLISH_ROLE']],
    ['registry.acme.dev/apps', ['REGISTRY_USERNAME']],
  ])('asks for what publishes to %s, and for nothing of other registries', async (registry, names) => {
    fleet.write(
      '.github/workflows/release.yaml',
      readFileSync(join(REPOSITORY, '.github/workflows/release.yaml'), 'utf8'),
    );
    fleet.write('apps/shop/Dockerfile', 'FROM scratch\n');
    fleet.write('clusters/pins/production/shop.json', JSON.stringify({ shop: { packageName: `${registry}/shop` } }));
    const { text } = await online();
    const asked = [...text.matchAll(/(\S+) is not set: release\.yaml/g)].map(([, name]) => name);
    expect(asked.filter((name) => !name?.startsWith('RENDER_APP_'))).toEqual(names);
  });

  it('says what it could not ask, which is no failure', async () => {
    answers['actions/variables?per_page=100'] = 403;
    const { text, code } = await online();
    expect(text).toContain(
      'unknown   the variables of workflows are set\n    seen: GET actions/variables?per_page=100: 403 No',
    );
    expect(text).toContain('10 guards: 1 unknown');
    expect(code).toBe(0);
  });

  it('prints commands that a shell reads as they are', async () => {
    answers['rules/branches/main?per_page=100'] = [];
    const { text } = await online();
    const [, body = ''] = /<<JSON\n([^]*?)\nJSON\n/.exec(text) ?? [];
    expect(JSON.parse(body)).toMatchObject({
      target: 'branch',
      conditions: { ref_name: { include: ['refs/heads/main'] } },
    });
  });

  it('prints JSON', async () => {
    const { text } = await doctor(fleet, { offline: false, json: true });
    expect((JSON.parse(text) as { findings: unknown[] }).findings).toHaveLength(10);
  });

  it('says that a token is refused', async () => {
    answers['codeowners/errors?ref=main'] = 401;
    await expect(online()).rejects.toThrow(/^GitHub refuses the token\n {2}at: {3}http/);
  });

  it('says that GitHub is not there', async () => {
    vi.stubEnv('GITHUB_API_URL', 'http://127.0.0.1:1');
    await expect(online()).rejects.toThrow(
      /^GitHub does not answer\n[^]*seen: fetch failed: .*\n {2}fix: {2}ask again, with --offline/,
    );
  });

  it('says that GitHub does not answer, when it takes the request and is silent', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort(new Error('timeout')));
    answers['codeowners/errors?ref=main'] = 'hang';
    await expect(online()).rejects.toThrow('GitHub does not answer');
    vi.restoreAllMocks();
  });

  it('says that there is no token', async () => {
    vi.stubEnv('GH_TOKEN', '');
    vi.stubEnv('GITHUB_TOKEN', '');
    vi.stubEnv('PATH', '/nowhere');
    expect((await online()).text).toContain('unknown   GitHub was asked\n    seen: there is no token');
  });
});

describe('where a repository is on GitHub', () => {
  it.each([
    ['https://github.com/acme/fleet.git', undefined, { name: 'acme/fleet', api: 'https://api.github.com' }],
    ['git@github.com:acme/fleet.git', undefined, { name: 'acme/fleet', api: 'https://api.github.com' }],
    ['ssh://git@github.com/acme/fleet', undefined, { name: 'acme/fleet', api: 'https://api.github.com' }],
    ['https://gitlab.com/acme/fleet.git', undefined, undefined],
    [
      'https://git.acme.dev/acme/fleet.git',
      'https://git.acme.dev/api/v3/',
      { name: 'acme/fleet', api: 'https://git.acme.dev/api/v3' },
    ],
  ])('%s', (url, api, place) => {
    expect(placeOf({ url }, api)).toEqual(place);
  });
});
