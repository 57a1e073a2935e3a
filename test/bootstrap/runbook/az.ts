import { budgetIn, USER } from './azure.ts';
import { type Command, need, option, type Options, printed, Refusal } from './command.ts';
import type { Program, World } from './world.ts';

const DOCS = 'https://learn.microsoft.com/cli/azure';
const COMMON: Options = { '--output': 'optional', '--query': 'optional', '--subscription': 'optional' };
const FEATURE: Options = { '--namespace': 'required', '--name': 'required' };

/** Stands in for the command line of Azure. */
export function az(world: World): Program {
  const { azure } = world;
  const nameCheck = (words: string, page: string): Command => ({
    words,
    source: `${DOCS}/${page}`,
    options: { '--name': 'required' },
    run: () => ({ message: null, nameAvailable: true, reason: null }),
  });
  const commands: Command[] = [
    {
      words: 'login',
      source: `${DOCS}/reference-index#az-login`,
      run: () => {
        azure.token = new Set([...azure.groups].flatMap(([name, { members }]) => (members.has(USER) ? [name] : [])));
        return [{ id: azure.subscription, isDefault: true, tenantId: azure.tenant }];
      },
    },
    {
      words: 'logout',
      source: `${DOCS}/reference-index#az-logout`,
      run: () => {
        azure.token = undefined;
      },
    },
    {
      words: 'account show',
      source: `${DOCS}/account#az-account-show`,
      run: () => ({ id: azure.subscription, isDefault: true, state: 'Enabled', tenantId: azure.tenant }),
    },
    {
      words: 'account set',
      source: `${DOCS}/account#az-account-set`,
      options: { '--subscription': 'required' },
      run: (given) => need(option(given, '--subscription') === azure.subscription, 'The subscription does not exist'),
    },
    {
      words: 'ad group create',
      source: `${DOCS}/ad/group#az-ad-group-create`,
      options: { '--display-name': 'required', '--mail-nickname': 'required' },
      run: (given) => {
        const name = option(given, '--display-name');
        azure.groups.set(name, { id: '00000000-0000-4000-8000-0000000000a4', members: new Set() });
        return { displayName: name, ...azure.group(name), securityEnabled: true };
      },
    },
    {
      words: 'ad group show',
      source: `${DOCS}/ad/group#az-ad-group-show`,
      options: { '--group': 'required' },
      run: (given) => ({ id: azure.group(option(given, '--group')).id }),
    },
    {
      words: 'ad group member add',
      source: `${DOCS}/ad/group/member#az-ad-group-member-add`,
      options: { '--group': 'required', '--member-id': 'required' },
      run: (given) => {
        const member = option(given, '--member-id');
        need(azure.principals.has(member), `Resource '${member}' does not exist`);
        azure.group(option(given, '--group')).members.add(member);
      },
    },
    {
      words: 'ad signed-in-user show',
      source: `${DOCS}/ad/signed-in-user#az-ad-signed-in-user-show`,
      run: () => ({ displayName: 'Administrator', id: USER }),
    },
    {
      words: 'provider register',
      source: `${DOCS}/provider#az-provider-register`,
      options: { '--namespace': 'required', '--wait': 'flag' },
      run: (given) => {
        const namespace = option(given, '--namespace');
        azure.namespaces.add(namespace);
        for (const [feature, state] of azure.features)
          if (feature.startsWith(`${namespace}/`) && state === 'Registered') azure.features.set(feature, 'in force');
      },
    },
    {
      words: 'feature register',
      source: `${DOCS}/feature#az-feature-register`,
      options: FEATURE,
      run: (given) => {
        azure.features.set(`${option(given, '--namespace')}/${option(given, '--name')}`, 'Registering');
      },
    },
    {
      words: 'feature show',
      source: `${DOCS}/feature#az-feature-show`,
      options: FEATURE,
      run: (given) => {
        const name = `${option(given, '--namespace')}/${option(given, '--name')}`;
        const state = azure.features.get(name) ?? 'NotRegistered';
        // It takes until the next question.
        if (state === 'Registering') azure.features.set(name, 'Registered');
        return { name, properties: { state } };
      },
    },
    {
      words: 'vm list-usage',
      source: `${DOCS}/vm#az-vm-list-usage`,
      options: { '--location': 'required' },
      run: (given) =>
        table(given.options.get('--output'), [
          ['Name', 'CurrentValue', 'Limit'],
          ['Total Regional vCPUs', '0', '100'],
          ['Standard DASv5 Family vCPUs', '0', '100'],
        ]),
    },
    {
      words: 'vm list-skus',
      source: `${DOCS}/vm#az-vm-list-skus`,
      options: { '--location': 'optional', '--size': 'optional', '--zone': 'flag' },
      run: (given) =>
        table(given.options.get('--output'), [
          ['ResourceType', 'Locations', 'Name', 'Zones', 'Restrictions'],
          ['virtualMachines', option(given, '--location'), option(given, '--size'), '1,2,3', 'None'],
        ]),
    },
    nameCheck('storage account check-name', 'storage/account#az-storage-account-check-name'),
    nameCheck('keyvault check-name', 'keyvault#az-keyvault-check-name'),
    nameCheck('acr check-name', 'acr#az-acr-check-name'),
    {
      words: 'rest',
      source: `${DOCS}/reference-index#az-rest`,
      options: { '--method': 'optional', '--url': 'required', '--body': 'optional' },
      run: (given) => azure.budgets.push(budgetIn(option(given, '--url'), option(given, '--body'), azure)),
    },
    {
      words: 'keyvault secret set',
      source: `${DOCS}/keyvault/secret#az-keyvault-secret-set`,
      options: { '--vault-name': 'optional', '--name': 'optional', '--file': 'optional' },
      run: (given, call) => {
        const vault = azure.vaults.get(option(given, '--vault-name'));
        need(vault, 'Failed to resolve the name of the vault');
        vault.set(option(given, '--name'), world.read(call.folder, option(given, '--file')));
        return {};
      },
    },
    {
      words: 'aks get-credentials',
      source: `${DOCS}/aks#az-aks-get-credentials`,
      options: { '--resource-group': 'required', '--name': 'required' },
      run: (given) => {
        const name = option(given, '--name');
        need(azure.clusters.has(name) && option(given, '--resource-group') === name, 'ResourceGroupNotFound', 3);
        world.kubeconfig = { cluster: name, login: 'devicecode' };
      },
    },
  ];
  return {
    commands,
    common: COMMON,
    run: (command, given, call) => {
      if (command.words !== 'login') azure.signedIn();
      return printed(command.run(given, call), given, 'tsv');
    },
  };
}

function table(format: string | undefined, rows: readonly (readonly string[])[]): string {
  if (format !== 'table') throw new Refusal('the stand-in prints this for people alone: --output table');
  return rows.map((row) => `${row.map((cell) => cell.padEnd(28)).join('  ')}\n`).join('');
}
