import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Ask, judged, type Refusals, unanswered } from '../answer.ts';
import type { Settings } from '../terraform.ts';

/** How az says why it does not answer. */
export const REFUSALS: Refusals = [
  [/Please run:? '?az login'? to setup account/, 'signed out'],
  [/AADSTS\d+|Interactive authentication is needed|ExpiredAuthenticationToken/, 'expired'],
  [/AuthorizationFailed|does not have authorization|Authorization_RequestDenied|Insufficient privileges/, 'denied'],
];

const accountSchema = z.object({
  id: z.string(),
  name: z.string(),
  user: z.object({ name: z.string(), type: z.string() }),
});

/** Who asks, and of which subscription. */
export interface Account {
  readonly subscription: string;
  readonly user: z.infer<typeof accountSchema>['user'];
}

/**
 * Whether somebody is signed in, to a subscription that the settings name and Terraform is told. Without that, other answers would be
 * about another account, or none: `account` is undefined.
 *
 * @param told the subscription that Terraform reads in the environment
 */
export async function signIn(
  ask: Ask,
  { azure_subscription_ids: known }: Settings,
  told: string | undefined,
): Promise<{ readonly findings: Finding[]; readonly account?: Account }> {
  const what = 'somebody is signed in to Azure';
  const which = told ? ['--subscription', told] : [];
  const answer = await ask({
    args: ['account', 'show', ...which],
    schema: accountSchema,
    permission: 'Microsoft.Resources/subscriptions/read',
    absent: /Subscription '.*' not found|subscription of '.*' doesn't exist/i,
  });
  if ('why' in answer) {
    const fix = answer.why === 'not installed' ? INSTALL : answer.why === 'signed out' ? ['az login'] : undefined;
    const finding = unanswered(answer.why === 'not installed' ? 'the command line of Azure is there' : what, answer);
    return { findings: [fix ? { ...finding, state: 'missing', fix } : finding] };
  }
  const { value, asked } = answer;
  if (value === undefined)
    return {
      findings: [
        {
          what: 'whoever is signed in sees the subscription that Terraform is told',
          state: 'missing',
          asked,
          seen: `ARM_SUBSCRIPTION_ID is ${told}, and no subscription of that id is seen`,
          fix: ['sign in to its directory, or correct ARM_SUBSCRIPTION_ID:', 'az login'],
        },
      ],
    };
  const { id: subscription, name, user } = value;
  const valid = await stillValid(ask, subscription);
  if (valid.state !== 'in force') return { findings: [valid] };
  const named = judged(`the subscription is one of azure_subscription_ids, and told to Terraform`, answer, () => ({
    seen: `${subscription} (${name}), as ${user.name}; ARM_SUBSCRIPTION_ID is ${told ?? 'not set'}`,
    ...fixOf(subscription, known, told),
  }));
  return { findings: [valid, named], ...(known.includes(subscription) && { account: { subscription, user } }) };
}

const INSTALL = ['install it: https://aka.ms/azure-cli'];

/** What az knows of an account is a file; whether its sign-in still counts is asked by a token, which is not printed. */
async function stillValid(ask: Ask, subscription: string): Promise<Finding> {
  const answer = await ask({
    args: ['account', 'get-access-token', '--subscription', subscription, '--query', 'expiresOn'],
    schema: z.string(),
    permission: 'to sign in',
  });
  const finding = judged('the sign-in to Azure has not expired', answer, (until) => ({ seen: `until ${until}` }));
  return 'why' in answer && answer.why === 'expired' ? { ...finding, state: 'missing', fix: ['az login'] } : finding;
}

function fixOf(
  subscription: string,
  known: readonly string[],
  told: string | undefined,
): { readonly fix?: readonly string[] } {
  if (!known.includes(subscription))
    return {
      fix: [
        `the settings name ${known.join(', ')}: sign in to one of them, or write this one into azure_subscription_ids in bootstrap/modules/settings/main.tf`,
        ...known.map((id) => `export ARM_SUBSCRIPTION_ID=${id}`).slice(0, 1),
      ],
    };
  return told === undefined ? { fix: [`export ARM_SUBSCRIPTION_ID=${subscription}`] } : {};
}
