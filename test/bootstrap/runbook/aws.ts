import { type Command, need, option, type Options, printed, Refusal } from './command.ts';
import type { Program, World } from './world.ts';

const DOCS = 'https://docs.aws.amazon.com/cli/latest/reference';
const COMMON: Options = { '--output': 'optional', '--query': 'optional', '--region': 'optional' };
const QUOTA: Options = { '--service-code': 'required', '--quota-code': 'required' };
const ROLE = 'AWSReservedSSO_AdministratorAccess_0123456789abcdef';

/** An account with nothing in it but the role of people. */
export class Aws {
  readonly account = '111122223333';
  /** The path and the name of the role of people. */
  readonly administrator = `aws-reserved/sso.amazonaws.com/${ROLE}`;
  /** The profile that is signed in. */
  profile: string | undefined;
  readonly roles = new Set([this.administrator]);
  /** CPUs, and addresses: what new accounts have. */
  readonly quotas = new Map([
    ['L-1216C47A', 5],
    ['L-0263D0A3', 5],
  ]);
  readonly secrets = new Map<string, string>();
  readonly buckets = new Set<string>();
  readonly clusters = new Set<string>();
  readonly budgets: unknown[] = [];

  signedIn(profile: string | undefined): void {
    need(
      this.profile !== undefined && this.profile === profile,
      'Unable to locate credentials. You can configure credentials by running "aws configure".',
      253,
    );
  }
}

/** Stands in for the command line of AWS. */
export function aws(world: World): Program {
  const { aws: account } = world;
  const commands: Command[] = [
    {
      words: 'sso login',
      source: `${DOCS}/sso/login.html`,
      run: (_, { env }) => {
        need(env['AWS_PROFILE'], 'Missing the following required SSO configuration values: sso_start_url, sso_region');
        account.profile = env['AWS_PROFILE'];
      },
    },
    {
      words: 'sts get-caller-identity',
      source: `${DOCS}/sts/get-caller-identity.html`,
      run: () => ({
        Account: account.account,
        Arn: `arn:aws:sts::${account.account}:assumed-role/${ROLE}/somebody@acme.dev`,
      }),
    },
    {
      words: 'iam get-role',
      source: `${DOCS}/iam/get-role.html`,
      options: { '--role-name': 'required' },
      run: (given) => {
        const found = [...account.roles].find((role) => role.endsWith(`/${option(given, '--role-name')}`));
        need(found, 'An error occurred (NoSuchEntity) when calling the GetRole operation', 254);
        return { Role: { Arn: `arn:aws:iam::${account.account}:role/${found}` } };
      },
    },
    {
      words: 'service-quotas get-service-quota',
      source: `${DOCS}/service-quotas/get-service-quota.html`,
      options: QUOTA,
      run: (given) => ({ Quota: { Value: account.quotas.get(quotaIn(option(given, '--quota-code'), account)) } }),
    },
    {
      words: 'service-quotas request-service-quota-increase',
      source: `${DOCS}/service-quotas/request-service-quota-increase.html`,
      options: { ...QUOTA, '--desired-value': 'required' },
      run: (given) => {
        const desired = Number(option(given, '--desired-value'));
        account.quotas.set(quotaIn(option(given, '--quota-code'), account), desired);
        return { RequestedQuota: { DesiredValue: desired, Status: 'PENDING' } };
      },
    },
    {
      words: 's3api head-bucket',
      source: `${DOCS}/s3api/head-bucket.html`,
      options: { '--bucket': 'required' },
      run: (given) =>
        need(
          account.buckets.has(option(given, '--bucket')),
          'An error occurred (404) when calling the HeadBucket operation: Not Found',
          254,
        ),
    },
    {
      words: 'budgets create-budget',
      source: `${DOCS}/budgets/create-budget.html`,
      options: { '--account-id': 'required', '--budget': 'required', '--notifications-with-subscribers': 'optional' },
      run: (given) => {
        need(option(given, '--account-id') === account.account, 'AccessDeniedException', 254);
        account.budgets.push(budgetIn(option(given, '--budget'), option(given, '--notifications-with-subscribers')));
      },
    },
    {
      words: 'secretsmanager create-secret',
      source: `${DOCS}/secretsmanager/create-secret.html`,
      options: { '--name': 'required', '--secret-string': 'optional' },
      run: (given, call) => {
        const [, file] = /^file:\/\/(.+)$/.exec(option(given, '--secret-string')) ?? [];
        need(file, 'a secret on the command line is seen by everybody on the machine');
        account.secrets.set(option(given, '--name'), world.read(call.folder, file));
        return { Name: option(given, '--name') };
      },
    },
    {
      words: 'eks update-kubeconfig',
      source: `${DOCS}/eks/update-kubeconfig.html`,
      options: { '--name': 'required' },
      run: (given) => {
        const name = option(given, '--name');
        need(account.clusters.has(name), `ResourceNotFoundException: No cluster found for name: ${name}.`, 254);
        world.kubeconfig = { cluster: name, login: 'aws' };
        return '';
      },
    },
  ];
  return {
    commands,
    common: COMMON,
    run: (command, given, call) => {
      if (command.words !== 'sso login') account.signedIn(call.env['AWS_PROFILE']);
      // All of these but the global ones are asked of a region.
      if (!/^(sso|sts|iam|budgets)/.test(command.words))
        need(given.options.get('--region') ?? call.env['AWS_REGION'], 'You must specify a region.', 253);
      return printed(command.run(given, call), given, 'text');
    },
  };
}

function quotaIn(code: string, { quotas }: Aws): string {
  if (!quotas.has(code)) throw new Refusal('An error occurred (NoSuchResourceException)', 254);
  return code;
}

/** https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html */
function budgetIn(budget: string, notifications: string): unknown {
  const given = JSON.parse(budget) as Readonly<Record<string, unknown>>;
  const missing = ['BudgetName', 'BudgetType', 'TimeUnit'].filter((key) => !(key in given));
  need(missing.length === 0, `Missing required parameter in Budget: ${missing.join(', ')}`, 252);
  const told = JSON.parse(notifications) as readonly { readonly Subscribers: readonly unknown[] }[];
  need(told.length > 0 && told.every(({ Subscribers }) => Subscribers.length > 0), 'nobody is told', 252);
  return given;
}
