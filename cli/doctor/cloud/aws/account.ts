import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Ask, judged, type Refusals, unanswered } from '../answer.ts';
import type { Settings } from '../terraform.ts';

/** How aws says why it does not answer. */
export const REFUSALS: Refusals = [
  [
    /Unable to locate credentials|Error loading SSO Token|config profile .* could not be found|Partial credentials/,
    'signed out',
  ],
  [
    /ExpiredToken|RequestExpired|[Ss]ession .*has expired|Token has expired|InvalidClientTokenId|UnrecognizedClient/,
    'expired',
  ],
  [/AccessDenied|UnauthorizedOperation|AuthorizationError|not authorized to perform/, 'denied'],
];

const INSTALL = ['install it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html'];
const LOGIN = ['with AWS_PROFILE set to a profile of `aws configure sso`:', 'aws sso login'];

/**
 * Whether somebody is signed in to the account that the settings name. Without that, other answers would be about another account, or
 * none.
 *
 * @returns as whom: the ARN
 */
export async function signIn(
  ask: Ask,
  { aws_account_id: account }: Settings,
): Promise<{ readonly findings: Finding[]; readonly caller?: string }> {
  const answer = await ask({
    args: ['sts', 'get-caller-identity'],
    schema: z.object({ Account: z.string(), Arn: z.string() }),
    permission: 'sts:GetCallerIdentity',
  });
  if ('why' in answer) {
    const [what, fix] =
      answer.why === 'not installed'
        ? ['the command line of AWS is there', INSTALL]
        : answer.why === 'expired'
          ? ['the sign-in to AWS has not expired', LOGIN]
          : ['somebody is signed in to AWS', answer.why === 'signed out' ? LOGIN : undefined];
    const finding = unanswered(what, answer);
    return { findings: [fix ? { ...finding, state: 'missing', fix } : finding] };
  }
  const { Account, Arn } = answer.value ?? { Account: 'no account', Arn: '' };
  const isIt = Account === account;
  const finding = judged('the account is aws_account_id', answer, () => ({
    seen: `${Account}, as ${Arn}`,
    ...(!isIt && {
      fix: [
        `the settings name ${account}: sign in to that one, or write ${Account} as aws_account_id into bootstrap/modules/settings/main.tf`,
      ],
    }),
  }));
  return { findings: [finding], ...(isIt && { caller: Arn }) };
}
