import type { CloudName } from './document.ts';

/** A change of a runbook that its test has to find. */
interface Mistake {
  readonly is: string;
  readonly cloud: CloudName;
  readonly from: string | RegExp;
  readonly to: string;
  /** What it fails with. */
  readonly says: string;
}

/** Of each kind one. */
export const MISTAKES: readonly Mistake[] = [
  {
    is: 'a command that there is not',
    cloud: 'AWS',
    from: 'gh variable set',
    to: 'gh variables set',
    says: 'is not a command',
  },
  {
    is: 'an option that there is not',
    cloud: 'Azure',
    from: '--mail-nickname',
    to: '--nickname',
    says: 'unrecognized arguments: --nickname',
  },
  {
    is: 'an option that is missing',
    cloud: 'AWS',
    from: '--account-id "$AWS_ACCOUNT"',
    to: '',
    says: 'the following arguments are required: --account-id',
  },
  {
    is: 'an output that the root has not',
    cloud: 'Azure',
    from: / (client_id|role_arn)s plan/,
    to: ' $1 plan',
    says: 'not found',
  },
  {
    is: 'a variable that no workflow reads',
    from: '_REGION --repo',
    to: '_PLACE --repo',
    cloud: 'AWS',
    says: 'AWS_PLACE',
  },
  { is: 'a namespace that is not registered', cloud: 'Azure', from: 'KeyVault', to: '', says: 'Microsoft.KeyVault' },
  {
    is: 'a group that its maker is not in',
    cloud: 'Azure',
    from: /^az ad group member add .*signed-in.*$/m,
    to: '',
    says: 'ForbiddenByRbac',
  },
  {
    is: 'a token of before the group',
    cloud: 'Azure',
    from: 'az logout\n',
    to: 'az() { [ "$1" = login ] || command az "$@"; }\n',
    says: 'ForbiddenByRbac',
  },
  { is: 'a quota that nobody asked for', cloud: 'AWS', from: /^.*increase.*$/m, to: '', says: 'VcpuLimitExceeded' },
  {
    is: 'a setting that is not written',
    cloud: 'Azure',
    from: /^setting operator_cidrs.*$/m,
    to: '',
    says: 'firewall',
  },
  {
    is: 'an identity that is not let into the registry',
    cloud: 'Azure',
    from: /^setting azure_publish_principal_id.*$/m,
    to: '',
    says: 'nobody may publish images here',
  },
  { is: 'a state that asks whether to move', cloud: 'AWS', from: '-force-copy', to: '', says: 'migration action' },
  {
    is: 'a step that comes too late',
    cloud: 'AWS',
    from: /^aws sso login$/m,
    to: '',
    says: 'Unable to locate credentials',
  },
];
