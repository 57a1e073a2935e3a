import { budgetIn, USER } from './azure.ts';
import { azReads, vaultName } from './az-reads.ts';
import { type Command, need, option, type Options, printed } from './command.ts';
import type { Program, World } from './world.ts';

const DOCS = 'https://learn.microsoft.com/cli/azure';
const COMMON: Options = { '--output': 'optional', '--query': 'optional', '--subscription': 'optional' };
const FEATURE: Options = { '--namespace': 'required', '--name': 'required' };

/** Stands in for the command line of Azure. */
export function az(world: World): Program {
  const { azure } = world;
  const commands: Command[] = [
    ...azReads(azure),
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
        return { name, properties: { state: state === 'in force' ? 'Registered' : state } };
      },
    },
    {
      words: 'rest',
      source: `${DOCS}/reference-index#az-rest`,
      options: { '--method': 'optional', '--url': 'required', '--body': 'optional' },
      run: (given) => {
        const [url, body] = [option(given, '--url'), option(given, '--body')];
        if (option(given, '--method') === 'post') return vaultName(url, body, azure);
        need(option(given, '--method') === 'put', 'Method Not Allowed');
        azure.budgets.push(budgetIn(url, body, azure));
        return undefined;
      },
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
      need(
        !azure.expired || ['login', 'logout', 'account show', 'account set'].includes(command.words),
        'AADSTS700082: The refresh token has expired due to inactivity.\nInteractive authentication is needed. Please run:\naz login',
      );
      if (command.permission !== undefined) azure.allow(command.permission);
      return printed(command.run(given, call), given, 'tsv');
    },
  };
}
