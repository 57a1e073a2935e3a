import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import type { Ring } from '../../charts/rings.ts';
import { type Finding, found } from './finding.ts';
import type { Ask } from './github.ts';
import type { Wanted } from './workflows.ts';

/** What is asked of GitHub about. */
export interface Subject {
  /** `owner/name`. */
  readonly name: string;
  /** The branch that clusters sync from. */
  readonly branch: string;
  readonly rings: readonly Ring[];
  readonly wanted: Wanted;
  /** How subjects of sign-in tokens may begin; undefined if no cloud trusts any. */
  readonly prefixes: readonly string[] | undefined;
}

/** Asks GitHub whether what guards the repository is in force. */
export async function askGitHub(ask: Ask, subject: Subject): Promise<Finding[]> {
  const parts = [
    branchRules,
    codeOwners,
    workflowToken,
    ...subject.wanted.environments.map(environment),
    variables,
    signIn,
  ];
  return (await Promise.all(parts.map((part) => part(ask, subject)))).flat();
}

type Part = (ask: Ask, subject: Subject) => Promise<Finding[]>;

/** Asks for one path; what GitHub does not show is a finding of its own. */
async function about(
  ask: Ask,
  path: string,
  what: string,
  judge: (body: unknown) => Finding[] | Promise<Finding[]>,
): Promise<Finding[]> {
  const answer = await ask(path);
  if ('body' in answer) return judge(answer.body);
  return [
    {
      what,
      state: 'unknown',
      seen: `GET ${path || 'the repository'}: ${answer.absent}`,
      fix: ['ask with the token of an administrator of the repository'],
    },
  ];
}

/** The parameters of a rule that a pull request has to meet. */
const REVIEW = {
  require_code_owner_review: true,
  required_approving_review_count: 1,
  require_last_push_approval: true,
  dismiss_stale_reviews_on_push: true,
};

const branchRules: Part = (ask, { name, branch, wanted }) =>
  about(ask, `rules/branches/${encodeURIComponent(branch)}?per_page=100`, `${branch} has rules`, (body) => {
    const rules = listAt(body);
    const ofType = (type: string): unknown[] => rules.filter((rule) => textAt(rule, 'type') === type);
    const reviews = ofType('pull_request').map((rule) => at(rule, 'parameters'));
    const isReviewed = (parameters: unknown): boolean =>
      Object.entries(REVIEW).every(([key, least]) => Number(at(parameters, key) ?? 0) >= Number(least));
    const contexts = new Set(
      ofType('required_status_checks').flatMap((rule) =>
        listAt(rule, 'parameters', 'required_status_checks').map((one) => textAt(one, 'context')),
      ),
    );
    const absent = wanted.checks.filter((check) => !contexts.has(check));
    const findings = [
      found(
        `${branch} takes pull requests alone, approved by code owners after the last push`,
        reviews.some(isReviewed),
        {
          seen: reviews.length === 0 ? 'no rule pull_request' : reviews.map((one) => JSON.stringify(one)).join('\n'),
          fix: [],
        },
      ),
      found(
        `${branch} takes what has passed ${wanted.checks.map((check) => `"${check}"`).join(', ')}`,
        absent.length === 0,
        {
          seen: `not required: ${absent.join(', ')}`,
          fix: [],
        },
      ),
      found(
        `${branch} is neither deleted nor rewritten`,
        ['deletion', 'non_fast_forward'].every((type) => ofType(type).length > 0),
        {
          seen: `no rule ${['deletion', 'non_fast_forward'].filter((type) => ofType(type).length === 0).join(', ')}`,
          fix: [],
        },
      ),
    ];
    const last = findings.findLastIndex(({ state }) => state === 'missing');
    // One ruleset has them all.
    return findings.map((one, i) => (i === last ? { ...one, fix: rulesetCommand(name, branch, wanted.checks) } : one));
  });

function rulesetCommand(name: string, branch: string, checks: readonly string[]): string[] {
  const ruleset = {
    name: `slipway: ${branch}`,
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      { type: 'pull_request', parameters: { ...REVIEW, required_review_thread_resolution: false } },
      {
        type: 'required_status_checks',
        parameters: {
          // dist is rendered from both sides of a merge, so a branch has to be up to date.
          strict_required_status_checks_policy: true,
          required_status_checks: checks.map((context) => ({ context })),
        },
      },
    ],
  };
  return heredoc(`gh api --method POST repos/${name}/rulesets --input -`, ruleset);
}

/** A command that reads JSON from its standard input; commands in `$( )` of the JSON are run. */
function heredoc(command: string, value: unknown): string[] {
  return [`${command} <<JSON`, ...JSON.stringify(value, null, 2).split('\n'), 'JSON'];
}

const codeOwners: Part = (ask, { branch }) =>
  about(ask, `codeowners/errors?ref=${encodeURIComponent(branch)}`, 'GitHub understands CODEOWNERS', (body) => {
    const errors = listAt(body, 'errors');
    return [
      found('GitHub understands CODEOWNERS, and knows who is in it', errors.length === 0, {
        seen: errors
          .map((one) => `${textAt(one, 'path')}:${String(at(one, 'line'))}: ${textAt(one, 'kind')}`)
          .join('\n'),
        fix: ['name people and teams that can write to the repository'],
      }),
    ];
  });

const workflowToken: Part = (ask, { name }) =>
  about(ask, 'actions/permissions/workflow', "workflows' tokens may read", (body) => [
    found(
      "a workflow's token may only read unless the workflow says otherwise, and approves nothing",
      textAt(body, 'default_workflow_permissions') === 'read' && at(body, 'can_approve_pull_request_reviews') === false,
      {
        seen: JSON.stringify(body),
        fix: [
          `gh api --method PUT repos/${name}/actions/permissions/workflow -f default_workflow_permissions=read -F can_approve_pull_request_reviews=false`,
        ],
      },
    ),
  ]);

const environment =
  (environmentName: string): Part =>
  (ask, { name, branch, rings }) => {
    const path = `environments/${encodeURIComponent(environmentName)}`;
    const approvers = rings.find(({ clusters }) => clusters.includes(environmentName))?.approvers ?? [];
    const fix = environmentCommand(name, environmentName, approvers);
    return about(
      async (asked) => {
        const answer = await ask(asked);
        // The repository is there, since its rules are: the environment is not.
        return 'absent' in answer && answer.absent.startsWith('404') ? { body: {} } : answer;
      },
      path,
      `the environment ${environmentName} guards`,
      async (body) => {
        const reviews = listAt(body, 'protection_rules').filter(
          (rule) => textAt(rule, 'type') === 'required_reviewers',
        );
        const isApproved = reviews.some(
          (rule) => listAt(rule, 'reviewers').length > 0 && at(rule, 'prevent_self_review') === true,
        );
        const policies =
          at(body, 'deployment_branch_policy', 'custom_branch_policies') === true
            ? await ask(`${path}/deployment-branch-policies`)
            : undefined;
        const admitted =
          policies && 'body' in policies
            ? listAt(policies.body, 'branch_policies').map((one) => textAt(one, 'name'))
            : [];
        return [
          found(
            `the environment ${environmentName} asks somebody else to approve, administrators too`,
            isApproved && at(body, 'can_admins_bypass') !== true,
            {
              seen:
                at(body, 'name') === undefined
                  ? 'there is no such environment'
                  : JSON.stringify({ reviews, can_admins_bypass: at(body, 'can_admins_bypass') }),
              fix,
            },
          ),
          found(
            `the environment ${environmentName} admits ${branch} alone`,
            admitted.length === 1 && admitted[0] === branch,
            {
              seen: admitted.join(', ') || 'no list of branches',
              fix: [`gh api --method POST repos/${name}/${path}/deployment-branch-policies -f name=${branch}`],
            },
          ),
        ];
      },
    );
  };

/** Makes an environment. GitHub wants ids of those who approve, which the commands in it ask for. */
function environmentCommand(name: string, environmentName: string, approvers: readonly string[]): string[] {
  const reviewers = (approvers.length > 0 ? approvers : ['@ORGANIZATION/TEAM']).map((approver) => {
    const [owner = '', team] = approver.replace(/^@/, '').split('/');
    return team === undefined
      ? { type: 'User', id: `$(gh api users/${owner} --jq .id)` }
      : { type: 'Team', id: `$(gh api orgs/${owner}/teams/${team} --jq .id)` };
  });
  const body = {
    prevent_self_review: true,
    can_admins_bypass: false,
    reviewers,
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  };
  const command = heredoc(`gh api --method PUT repos/${name}/environments/${environmentName} --input -`, body);
  // An id is a number.
  return command.map((line) => line.replace(/"(\$\(.*\))"/, '$1'));
}

const variables: Part = (ask, { name, wanted }) =>
  about(ask, 'actions/variables?per_page=100', 'the variables of workflows are set', async (body) => {
    const shared = await ask('actions/organization-variables?per_page=100');
    const lists = ['body' in shared ? shared.body : {}, body];
    const set = new Set(lists.flatMap((list) => listAt(list, 'variables').map((one) => textAt(one, 'name'))));
    const absent = wanted.variables.filter((one) => !set.has(one.name));
    return [
      found('the variables are set that workflows cannot do without', absent.length === 0, {
        seen: absent.map((one) => `${one.name} is not set: ${one.workflows.join(', ')}`).join('\n'),
        fix: absent.map((one) => `gh variable set ${one.name} --repo ${name} --body …`),
      }),
    ];
  });

const signIn: Part = async (ask, { prefixes }) => {
  if (prefixes === undefined) return [];
  return about(ask, 'actions/oidc/customization/sub', 'clouds trust the subject of sign-in tokens', (body) => {
    const prefix = textAt(body, 'sub_claim_prefix');
    return [
      found("clouds trust the repository's sign-in tokens", prefix !== undefined && prefixes.includes(prefix), {
        seen: `their subjects begin with ${prefix ?? 'what GitHub does not say'}, and clouds trust ${prefixes.join(', ')}`,
        fix: [
          'put that into github_subject_prefixes in bootstrap/modules/settings/main.tf, and apply bootstrap/roots/remote-state-…',
        ],
      }),
    ];
  });
};
