import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Ask, judged, unanswered } from '../answer.ts';
import type { Account } from './account.ts';

/** What the roots do that few may: roles of their own and their assignments, a lock on the states, resource groups. */
const NEEDED = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/locks/write',
  'Microsoft.Resources/subscriptions/resourceGroups/write',
];

const idSchema = z.object({ id: z.string() });
const assignmentsSchema = z.array(z.object({ roleDefinitionName: z.string(), condition: z.string().nullish() }));
const definitionsSchema = z.array(
  z.object({ permissions: z.array(z.object({ actions: z.array(z.string()), notActions: z.array(z.string()) })) }),
);

/** Whether whoever asks may make what the roots make, and is one of the administrators of clusters. */
export async function rightsOf(ask: Ask, account: Account, group: string): Promise<Finding[]> {
  const administrators = judged('the group of administrators exists', await askGroup(ask, group), (found) =>
    found
      ? { seen: found.displayName }
      : {
          seen: `azure_admin_group_id is ${group}, and there is no such group`,
          fix: ['make one, and write its object id into bootstrap/modules/settings/main.tf:', ...MAKE_GROUP],
        },
  );
  const who = await askWho(ask, account);
  const [mayMake, isMember] = ['whoever is signed in may make resources, roles and assignments', MEMBER];
  if ('why' in who || who.value === undefined)
    return [
      administrators,
      ...[mayMake, isMember].map((what) =>
        'why' in who ? unanswered(what, who) : { what, state: 'unknown' as const, asked: who.asked },
      ),
    ];
  const { id } = who.value;
  const [may, member] = await Promise.all([mayMakeAll(ask, account, id, mayMake), membership(ask, group, id)]);
  return [may, administrators, ...(administrators.state === 'in force' ? [member] : [])];
}

const MEMBER = 'whoever is signed in is in the group of administrators';

const MAKE_GROUP = ['az ad group create --display-name cluster-administrators --mail-nickname cluster-administrators'];

function askGroup(ask: Ask, group: string) {
  return ask({
    args: ['ad', 'group', 'show', '--group', group],
    schema: z.object({ displayName: z.string() }),
    permission: 'read groups of the directory (Group.Read.All)',
    absent: /does not exist|No group matches|ResourceNotFound/i,
  });
}

function askWho(ask: Ask, { user }: Account) {
  const permission = 'read the directory (User.Read)';
  return user.type === 'user'
    ? ask({ args: ['ad', 'signed-in-user', 'show'], schema: idSchema, permission })
    : ask({ args: ['ad', 'sp', 'show', '--id', user.name], schema: idSchema, permission });
}

async function membership(ask: Ask, group: string, member: string): Promise<Finding> {
  const answer = await ask({
    args: ['ad', 'group', 'member', 'check', '--group', group, '--member-id', member],
    schema: z.object({ value: z.boolean() }),
    permission: 'read members of groups (GroupMember.Read.All)',
  });
  return judged(MEMBER, answer, (found) =>
    found?.value
      ? { seen: `${member} is a member` }
      : {
          seen: `${member} is none: secret stores and states would refuse it`,
          fix: [
            `az ad group member add --group ${group} --member-id ${member}`,
            'then sign in again, since a token has the groups of when it was made',
          ],
        },
  );
}

async function mayMakeAll(ask: Ask, { subscription }: Account, id: string, what: string): Promise<Finding> {
  const assigned = await ask({
    args: ['role', 'assignment', 'list', '--assignee', id, '--scope', `/subscriptions/${subscription}`].concat(
      '--include-inherited',
      '--include-groups',
    ),
    schema: assignmentsSchema,
    permission: 'Microsoft.Authorization/roleAssignments/read',
  });
  if ('why' in assigned) return unanswered(what, assigned);
  const assignments = assigned.value ?? [];
  const names = [...new Set(assignments.map(({ roleDefinitionName }) => roleDefinitionName))];
  const definitions = await Promise.all(names.map((name) => askRole(ask, subscription, name)));
  const silent = definitions.find((one) => 'why' in one);
  if (silent && 'why' in silent) return unanswered(what, silent);
  const grants = definitions.flatMap((one, i) =>
    ('why' in one ? [] : (one.value ?? [])).flatMap(({ permissions }) =>
      permissions.map((granted) => ({
        ...granted,
        // Which roles it lets assign is in a language of its own.
        isBound: assignments.every((each) => each.roleDefinitionName !== names[i] || Boolean(each.condition)),
      })),
    ),
  );
  const missing = NEEDED.filter(
    (action) =>
      !grants.some(
        ({ actions, notActions, isBound }) =>
          includes(actions, action) &&
          !includes(notActions, action) &&
          !(isBound && action.includes('/roleAssignments/')),
      ),
  );
  const roles = assignments.map(({ roleDefinitionName, condition }) =>
    condition ? `${roleDefinitionName}, under a condition` : roleDefinitionName,
  );
  return judged(what, assigned, () => ({
    seen: [roles.join('; ') || 'no role', ...missing.map((action) => `not allowed: ${action}`)].join('\n'),
    ...(missing.length > 0 && {
      fix: [
        'become an Owner of the subscription, without a condition; a role of Privileged Identity Management counts once it is activated:',
        `az role assignment create --assignee ${id} --role Owner --scope /subscriptions/${subscription}`,
      ],
    }),
  }));
}

function askRole(ask: Ask, subscription: string, name: string) {
  return ask({
    args: ['role', 'definition', 'list', '--name', name, '--subscription', subscription],
    schema: definitionsSchema,
    permission: 'Microsoft.Authorization/roleDefinitions/read',
  });
}

/** Whether patterns such as `Microsoft.Authorization/* /write` have an action, in any case. */
function includes(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`, 'i').test(
      action,
    ),
  );
}
