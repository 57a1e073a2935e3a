import { awsReads } from './aws-reads.ts';
import { type Command, need, option, type Options, printed, Refusal } from './command.ts';
import type { Program, World } from './world.ts';

const DOCS = 'https://docs.aws.amazon.com/cli/latest/reference';
const COMMON: Options = { '--output': 'optional', '--query': 'optional', '--region': 'optional' };
const QUOTA: Options = { '--service-code': 'required', '--quota-code': 'required' };
const ROLE = 'AWSReservedSSO_AdministratorAccess_0123456789abcdef';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** An instance, as `aws ec2 describe-instances` has it. */
export interface Instance {
  readonly InstanceType: string;
  readonly InstanceLifecycle?: 'spot';
  readonly State: { readonly Name: string };
  readonly CpuOptions: { readonly CoreCount: number; readonly ThreadsPerCore: number };
}

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
  /** The role that is signed in. */
  role = ROLE;
  /** Whether the session has expired. */
  expired = false;
  /** Permissions that the role has not. */
  readonly denied = new Set<string>();
  /** Quotas that were never changed, of some accounts. */
  readonly defaults = new Map([['L-F678F1CE', 5]]);
  readonly regions = new Map([
    ['us-east-1', 'opt-in-not-required'],
    ['us-west-2', 'opt-in-not-required'],
    ['eu-south-1', 'not-opted-in'],
  ]);
  zones = ['a', 'b', 'c', 'd', 'e'].map((letter, i) => ({
    OptInStatus: 'opt-in-not-required',
    State: 'available',
    // One of those that EKS does not support.
    ZoneId: `use1-az${[3, 1, 2, 4, 5][i]}`,
    ZoneName: `us-east-1${letter}`,
  }));
  /** Types of instances of every zone, but for these zones. */
  types = ['m7i.large', 'm7g.large', 'c5.xlarge', 't3.micro'];
  readonly offered = new Map<string, string[]>();
  readonly versions = new Map([
    ['1.33', 'EXTENDED_SUPPORT'],
    ['1.34', 'STANDARD_SUPPORT'],
    ['1.35', 'STANDARD_SUPPORT'],
  ]);
  readonly instances: Instance[] = [];
  /** Names of addresses and networks. */
  readonly addresses: (string | undefined)[] = [];
  readonly networks: (string | undefined)[] = [undefined];
  /** Buckets of other accounts. */
  readonly taken = new Set<string>();
  /** The provider for tokens of GitHub, if there is one. */
  issuer: { readonly tags: readonly Tag[] } | undefined;
  /** Of the registry, with their tags. */
  readonly repositories = new Map<string, readonly Tag[]>();

  signedIn(profile: string | undefined): void {
    need(
      this.profile !== undefined && this.profile === profile,
      'Unable to locate credentials. You can configure credentials by running "aws configure".',
      253,
    );
    need(
      !this.expired,
      'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.',
      255,
    );
  }

  /** Refuses what the role may not, as services do. */
  allow(permission: string, words: string): void {
    const operation = words
      .split(' ')
      .at(-1)
      ?.replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
    const who = `User: arn:aws:sts::${this.account}:assumed-role/${this.role}/somebody@acme.dev`;
    const because = `${who} is not authorized to perform: ${permission} because no identity-based policy allows it`;
    const [code, message] =
      // Of older endpoints, without the permission.
      permission.startsWith('ec2:')
        ? ['UnauthorizedOperation', 'You are not authorized to perform this operation.']
        : ['AccessDeniedException', because];
    const refusal = `An error occurred (${code}) when calling the ${operation} operation: ${message}`;
    need(!this.denied.has(permission), refusal, 254);
  }
}

/** Stands in for the command line of AWS. */
export function aws(world: World): Program {
  const { aws: account } = world;
  const commands: Command[] = [
    ...awsReads(account),
    {
      words: 'sso login',
      source: `${DOCS}/sso/login.html`,
      run: (_, { env }) => {
        need(env['AWS_PROFILE'], 'Missing the following required SSO configuration values: sso_start_url, sso_region');
        account.profile = env['AWS_PROFILE'];
      },
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
      if (command.permission !== undefined) account.allow(command.permission, command.words);
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
