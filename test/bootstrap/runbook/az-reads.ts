import { type Azure, USER } from './azure.ts';
import { type Command, need, option } from './command.ts';

const DOCS = 'https://learn.microsoft.com/cli/azure';

/** Actions of the built-in roles that matter here. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ROLES: Readonly<Record<string, { readonly actions: string[]; readonly notActions: string[] }>> = {
  Owner: { actions: ['*'], notActions: [] },
  Contributor: {
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ],
  },
  'User Access Administrator': {
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
    notActions: [],
  },
  'Role Based Access Control Administrator': {
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
    ],
    notActions: [],
  },
  Reader: { actions: ['*/read'], notActions: [] },
};

/** Commands of az that change nothing, with answers as az prints them, without what nobody reads. */
export function azReads(azure: Azure): Command[] {
  const inRegion = { '--location': 'required' } as const;
  const nameCheck = (words: string, page: string, type: string): Command => ({
    words,
    source: `${DOCS}/${page}`,
    options: { '--name': 'required' },
    permission: `${type.split('/')[0]}/checkNameAvailability/read`,
    run: (given) => availability(type, option(given, '--name'), azure),
  });
  return [
    {
      words: 'account show',
      source: `${DOCS}/account#az-account-show`,
      run: ({ options }) => {
        const asked = options.get('--subscription') ?? azure.subscription;
        need(
          asked === azure.subscription,
          `ERROR: Subscription '${asked}' not found. Check the spelling and casing and try again.`,
        );
        return {
          id: azure.subscription,
          isDefault: true,
          name: 'clusters',
          state: 'Enabled',
          tenantId: azure.tenant,
          user: { name: 'somebody@acme.dev', type: 'user' },
        };
      },
    },
    {
      words: 'account get-access-token',
      source: `${DOCS}/account#az-account-get-access-token`,
      run: () => ({
        accessToken: 'a secret',
        expiresOn: '2026-11-27 15:00:00.000000',
        subscription: azure.subscription,
        tenant: azure.tenant,
        tokenType: 'Bearer',
      }),
    },
    {
      words: 'ad group show',
      source: `${DOCS}/ad/group#az-ad-group-show`,
      options: { '--group': 'required' },
      permission: 'Group.Read.All',
      run: (given) => {
        const [name, { id }] = azure.groupOf(option(given, '--group'));
        return { displayName: name, id };
      },
    },
    {
      words: 'ad group member check',
      source: `${DOCS}/ad/group/member#az-ad-group-member-check`,
      options: { '--group': 'required', '--member-id': 'required' },
      permission: 'GroupMember.Read.All',
      run: (given) => ({
        value: azure.groupOf(option(given, '--group'))[1].members.has(option(given, '--member-id')),
      }),
    },
    {
      words: 'ad signed-in-user show',
      source: `${DOCS}/ad/signed-in-user#az-ad-signed-in-user-show`,
      permission: 'User.Read',
      run: () => ({ displayName: 'Administrator', id: USER }),
    },
    {
      words: 'role assignment list',
      source: `${DOCS}/role/assignment#az-role-assignment-list`,
      options: {
        '--assignee': 'optional',
        '--scope': 'optional',
        '--include-inherited': 'flag',
        '--include-groups': 'flag',
      },
      permission: 'Microsoft.Authorization/roleAssignments/read',
      run: (given) => {
        need(option(given, '--assignee') === USER, 'Cannot find user or service principal in graph database');
        return [...azure.roles].map(([roleDefinitionName, condition]) => ({
          condition,
          principalId: USER,
          principalType: 'User',
          roleDefinitionName,
          scope: option(given, '--scope'),
        }));
      },
    },
    {
      words: 'role definition list',
      source: `${DOCS}/role/definition#az-role-definition-list`,
      options: { '--name': 'optional' },
      permission: 'Microsoft.Authorization/roleDefinitions/read',
      run: (given) => {
        const roleName = option(given, '--name');
        const permissions = ROLES[roleName];
        return permissions
          ? [{ permissions: [{ ...permissions, dataActions: [], notDataActions: [] }], roleName }]
          : [];
      },
    },
    {
      words: 'provider list',
      source: `${DOCS}/provider#az-provider-list`,
      permission: 'Microsoft.Resources/subscriptions/providers/read',
      run: () =>
        ['Microsoft.Cache', ...azure.namespaces].map((namespace) => ({
          namespace,
          registrationState: azure.namespaces.has(namespace) ? 'Registered' : 'NotRegistered',
        })),
    },
    {
      words: 'vm list-usage',
      source: `${DOCS}/vm#az-vm-list-usage`,
      options: inRegion,
      permission: 'Microsoft.Compute/locations/usages/read',
      // Numbers as texts, which az makes of them for its table.
      run: () =>
        [...azure.cpus].map(([value, [used, limit]]) => {
          const localName = value === 'cores' ? 'Total Regional vCPUs' : 'Standard DASv5 Family vCPUs';
          return {
            currentValue: String(used),
            limit: String(limit),
            localName,
            name: { localizedValue: localName, value },
          };
        }),
    },
    {
      words: 'vm list-skus',
      source: `${DOCS}/vm#az-vm-list-skus`,
      options: { '--location': 'optional', '--resource-type': 'optional', '--all': 'flag' },
      permission: 'Microsoft.Compute/skus/read',
      run: (given) =>
        azure.sizes
          .filter(({ locationInfo }) => locationInfo.some(({ location }) => location === option(given, '--location')))
          // Those that the subscription may not have are left out.
          .filter(({ restrictions }) => given.options.has('--all') || restrictions.length === 0)
          .map((size) => ({ ...size, resourceType: option(given, '--resource-type') })),
    },
    {
      words: 'aks get-versions',
      source: `${DOCS}/aks#az-aks-get-versions`,
      options: inRegion,
      permission: 'Microsoft.ContainerService/locations/kubernetesVersions/read',
      run: () => ({ values: azure.versions }),
    },
    nameCheck(
      'storage account check-name',
      'storage/account#az-storage-account-check-name',
      'Microsoft.Storage/storageAccounts',
    ),
    nameCheck('acr check-name', 'acr#az-acr-check-name', 'Microsoft.ContainerRegistry/registries'),
    {
      words: 'resource list',
      source: `${DOCS}/resource#az-resource-list`,
      options: { '--name': 'optional', '--resource-type': 'optional' },
      run: (given) => {
        const [type, name] = [option(given, '--resource-type'), option(given, '--name')];
        azure.allow(`${type}/read`);
        const id = `/subscriptions/${azure.subscription}/resourceGroups/acme/providers/${type}/${name}`;
        return azure.resources.has(`${type} ${name}`) ? [{ id, name, type }] : [];
      },
    },
    {
      words: 'keyvault list-deleted',
      source: `${DOCS}/keyvault#az-keyvault-list-deleted`,
      options: { '--resource-type': 'optional' },
      permission: 'Microsoft.KeyVault/deletedVaults/read',
      run: () =>
        [...azure.deletedVaults].map(([name, location]) => ({
          name,
          properties: {
            deletionDate: '2026-10-01T00:00:00+00:00',
            location,
            purgeProtectionEnabled: true,
            scheduledPurgeDate: '2026-12-30T00:00:00+00:00',
          },
          type: 'Microsoft.KeyVault/deletedVaults',
        })),
    },
  ];
}

/** Whether the name of a vault is free. https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/check-name-availability */
export function vaultName(url: string, body: string, azure: Azure): unknown {
  const { pathname, searchParams } = new URL(url);
  need(
    pathname === `/subscriptions/${azure.subscription}/providers/Microsoft.KeyVault/checkNameAvailability` &&
      searchParams.has('api-version'),
    `Not Found: ${url}`,
  );
  azure.allow('Microsoft.KeyVault/checkNameAvailability/read');
  const { name, type } = JSON.parse(body) as { readonly name: string; readonly type: string };
  need(type === 'Microsoft.KeyVault/vaults', 'Bad Request: type');
  return availability(type, name, azure);
}

function availability(type: string, name: string, { resources, taken, deletedVaults }: Azure): unknown {
  const isDeleted = type === 'Microsoft.KeyVault/vaults' && deletedVaults.has(name);
  const isTaken = taken.has(name) || resources.has(`${type} ${name}`) || isDeleted;
  return isTaken
    ? { message: `The name '${name}' is already in use.`, nameAvailable: false, reason: 'AlreadyExists' }
    : { message: null, nameAvailable: true, reason: null };
}
