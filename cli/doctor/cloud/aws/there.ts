import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Ask, judged, unanswered } from '../answer.ts';
import type { Settings } from '../terraform.ts';

const tags = z.array(z.object({ Key: z.string(), Value: z.string() })).optional();

/** The tags by which what Terraform made is told from what somebody else did: bootstrap/modules/settings/main.tf gives them. */
function isOurs(found: z.infer<typeof tags>, organization: string): boolean {
  const has = (key: string, value: string): boolean =>
    (found ?? []).some(({ Key, Value }) => Key === key && Value === value);
  return has('organization', organization) && has('managed-by', 'terraform');
}

/** Whether an account's provider for tokens of GitHub, of which there is one, is ours or to be made. */
export async function gitHubProvider(ask: Ask, issuer: string, { organization }: Settings): Promise<Finding> {
  const what = `the identity provider ${issuer} is to be made, or ours`;
  const list = await ask({
    args: ['iam', 'list-open-id-connect-providers'],
    schema: z.object({ OpenIDConnectProviderList: z.array(z.object({ Arn: z.string() })) }),
    permission: 'iam:ListOpenIDConnectProviders',
  });
  if ('why' in list) return unanswered(what, list);
  const arn = list.value?.OpenIDConnectProviderList.find(({ Arn }) => Arn.endsWith(`:oidc-provider/${issuer}`))?.Arn;
  if (arn === undefined) return judged(what, list, () => ({ seen: 'it is not there yet: Terraform makes it' }));
  const answer = await ask({
    args: ['iam', 'get-open-id-connect-provider', '--open-id-connect-provider-arn', arn],
    schema: z.object({ Tags: tags }),
    permission: 'iam:GetOpenIDConnectProvider',
  });
  return judged(what, answer, (found) =>
    isOurs(found?.Tags, organization)
      ? { seen: `ours: ${arn}` }
      : {
          seen: `somebody else made ${arn}, and Terraform would not make it again`,
          fix: [
            'let Terraform take it over, once the root is initialized:',
            `terraform -chdir=bootstrap/roots/remote-state-aws import module.workflows.aws_iam_openid_connect_provider.github ${arn}`,
          ],
        },
  );
}

/** Whether the role of people exists at its path, and is the one that asks. */
export async function administrator(ask: Ask, caller: string, settings: Settings): Promise<Finding> {
  const { aws_administrator_role: role, aws_account_id: account } = settings;
  const name = role.split('/').at(-1) ?? role;
  const arn = `arn:aws:iam::${account}:role/${role}`;
  const answer = await ask({
    args: ['iam', 'get-role', '--role-name', name],
    schema: z.object({ Role: z.object({ Arn: z.string() }) }),
    permission: 'iam:GetRole',
    absent: /NoSuchEntity/,
  });
  const fix = [
    'write its path and name as aws_administrator_role into bootstrap/modules/settings/main.tf, and sign in as it',
  ];
  return judged('the role that administers clusters exists, and is signed in', answer, (found) => {
    if (found === undefined) return { seen: `there is no role ${name}`, fix };
    if (found.Role.Arn !== arn) return { seen: `it is ${found.Role.Arn}, and the settings say ${arn}`, fix };
    const isIt = caller.startsWith(`arn:aws:sts::${account}:assumed-role/${name}/`);
    return isIt ? { seen: arn } : { seen: `it is there, but this asks as ${caller}`, fix };
  });
}

/** Whether the registry has none of the repositories of a cluster, or ours. */
export async function repositories(
  ask: Ask,
  region: string,
  names: readonly string[],
  { organization }: Settings,
): Promise<Finding> {
  const what = `the ${names.length} repositories of the registry are to be made, or ours`;
  const list = await ask({
    args: ['ecr', 'describe-repositories', '--region', region],
    schema: z.object({
      repositories: z.array(z.object({ repositoryName: z.string(), repositoryArn: z.string() })),
    }),
    permission: 'ecr:DescribeRepositories',
  });
  if ('why' in list) return unanswered(what, list);
  const there = (list.value?.repositories ?? []).filter(({ repositoryName }) => names.includes(repositoryName));
  const answers = await Promise.all(
    there.map(({ repositoryArn }) =>
      ask({
        args: ['ecr', 'list-tags-for-resource', '--resource-arn', repositoryArn, '--region', region],
        schema: z.object({ tags }),
        permission: 'ecr:ListTagsForResource',
      }),
    ),
  );
  const silent = answers.find((one) => 'why' in one);
  if (silent && 'why' in silent) return unanswered(what, silent);
  const others = there.filter((_, i) => {
    const answer = answers[i];
    return !(answer && 'value' in answer && isOurs(answer.value?.tags, organization));
  });
  return judged(what, list, () =>
    others.length === 0
      ? { seen: there.length === 0 ? 'none is there yet' : `${there.length} are there, and ours` }
      : {
          seen: others.map(({ repositoryArn }) => `somebody else made ${repositoryArn}`).join('\n'),
          fix: ['remove what is not needed, or take other images in the root'],
        },
  );
}
