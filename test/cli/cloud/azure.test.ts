import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { doctorCloud } from '../../../cli/doctor/cloud/command.ts';
import { azReads } from '../../bootstrap/runbook/az-reads.ts';
import { type Azure, Azure as Subscription, versionOf } from '../../bootstrap/runbook/azure.ts';
import { Accounts, AKS, GROUP } from './accounts.ts';

let accounts: Accounts;
let azure: Azure;
beforeEach(() => {
  accounts = new Accounts();
  ({ azure } = accounts.world);
  vi.stubEnv('ARM_SUBSCRIPTION_ID', azure.subscription);
});
afterEach(() => {
  vi.unstubAllEnvs();
  accounts.remove();
});

// Stand-ins: they show what is asked, and how answers are understood, not that Azure answers so.
describe('slipway doctor --cloud azure', () => {
  it('finds all in force in an account that is ready', async () => {
    const { findings, code } = await accounts.found({ cloud: 'azure' });
    expect(findings.filter(({ state }) => state !== 'in force')).toEqual([]);
    expect(findings.map(({ about, what }) => `${about}: ${what}`)).toEqual([
      'azure: the sign-in to Azure has not expired',
      'azure: the subscription is one of azure_subscription_ids, and told to Terraform',
      'azure: whoever is signed in may make resources, roles and assignments',
      'azure: the group of administrators exists',
      'azure: whoever is signed in is in the group of administrators',
      'azure: the 11 resource providers that the roots need are registered',
      'azure: acmeterraformstate, the name of the storage account of the states, is free or ours',
      'live-aks: westeurope has Standard_D2as_v5 in the zones 1, 2, 3',
      'live-aks: westeurope has Standard_D4as_v5 in the zones 1, 2, 3',
      'live-aks: westeurope has CPUs for the nodes to begin with, and for their upgrade',
      'live-aks: westeurope has CPUs for all nodes that the pools may grow to, and for their upgrade',
      'live-aks: AKS offers Kubernetes 1.35 in westeurope',
      'live-aks: the subscription has the feature EncryptionAtHost, which the root asks for',
      'live-aks: acmeliveaks, the name of the storage account of the backups, is free or ours',
      'live-aks: acmeliveaksflow, the name of the storage account of the flow logs, is free or ours',
      'live-aks: acme-live-aks, the name of the Key Vault, is free or ours',
      'live-aks: acmeliveaks, the name of the registry, is free or ours',
    ]);
    expect(code).toBe(0);
  });

  it('asks for nothing that changes anything, and prints no token', async () => {
    const { findings } = await accounts.found({ cloud: 'azure' });
    const reading = /^(show|list|list-skus|list-usage|list-deleted|check|check-name|get-versions)$/;
    const verbs = accounts.asked.map((line) => /^az (?:[a-z-]+ )*?([a-z-]+) --/.exec(line)?.[1] ?? line);
    expect(verbs.filter((verb) => !reading.test(verb))).toEqual(['get-access-token', 'rest']);
    expect(new Set(accounts.asked).size).toBe(accounts.asked.length);
    const posted = accounts.asked.filter((line) => line.startsWith('az rest'));
    expect(posted.filter((line) => !line.includes('/checkNameAvailability?'))).toEqual([]);
    expect(JSON.stringify(findings)).not.toContain('a secret');
  });

  it.each<[string, () => void, string, string, string]>([
    [
      'that nobody is signed in',
      () => (azure.token = undefined),
      'somebody is signed in to Azure',
      "'az login'",
      'az login',
    ],
    ['that the sign-in has expired', () => (azure.expired = true), 'has not expired', 'AADSTS700082', 'az login'],
    [
      'another subscription than the settings name',
      () => accounts.setting('azure_subscription_ids', '["00000000-0000-4000-8000-0000000000ff"]'),
      'one of azure_subscription_ids',
      '00000000-0000-4000-8000-0000000000a3 (clusters)',
      'export ARM_SUBSCRIPTION_ID=00000000-0000-4000-8000-0000000000ff',
    ],
    [
      'a subscription that the signed-in account does not see',
      () => vi.stubEnv('ARM_SUBSCRIPTION_ID', '00000000-0000-4000-8000-0000000000ff'),
      'sees the subscription',
      'no subscription of that id',
      'az login',
    ],
  ])('says %s, and asks nothing else', async (_, change, what, seen, fix) => {
    change();
    const { findings, code } = await accounts.found({ cloud: 'azure' });
    const last = findings.at(-1);
    expect(findings.slice(0, -1).every(({ state }) => state === 'in force')).toBe(true);
    expect(last).toMatchObject({ state: 'missing', about: 'azure' });
    expect(last?.what).toContain(what);
    expect(last?.seen).toContain(seen);
    expect(last?.fix).toContain(fix);
    expect(accounts.asked.filter((line) => !line.startsWith('az account'))).toEqual([]);
    expect(code).toBe(2);
  });

  it.each<[string, () => void, string, string, string]>([
    [
      'a subscription that Terraform is not told',
      () => vi.stubEnv('ARM_SUBSCRIPTION_ID', undefined),
      'told to Terraform',
      'ARM_SUBSCRIPTION_ID is not set',
      'export ARM_SUBSCRIPTION_ID=00000000-0000-4000-8000-0000000000a3',
    ],
    [
      'facts of another subscription',
      () =>
        accounts.write('clusters/live-aks/facts.json', '{ "subscription_id": "00000000-0000-4000-8000-0000000000ff" }'),
      'the facts of the cluster',
      'clusters/live-aks/facts.json has 00000000-0000-4000-8000-0000000000ff',
      'sign in to that one',
    ],
    [
      'roles that may not assign others',
      () => {
        azure.roles.clear();
        azure.roles.set('Contributor', null);
      },
      'may make resources',
      'Contributor\nnot allowed: Microsoft.Authorization/roleAssignments/write\nnot allowed: Microsoft.Authorization/roleDefinitions/write\nnot allowed: Microsoft.Authorization/locks/write',
      'az role assignment create --assignee 00000000-0000-4000-8000-0000000000a1 --role Owner',
    ],
    [
      'roles that may assign others, and not define any',
      () => {
        azure.roles.clear();
        azure.roles.set('Contributor', null).set('Role Based Access Control Administrator', null);
      },
      'may make resources',
      'not allowed: Microsoft.Authorization/roleDefinitions/write',
      'become an Owner',
    ],
    [
      'an Owner who may assign some roles alone',
      () => azure.roles.set('Owner', '@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]'),
      'may make resources',
      'Owner, under a condition\nnot allowed: Microsoft.Authorization/roleAssignments/write',
      'become an Owner',
    ],
    ['no role at all', () => azure.roles.clear(), 'may make resources', 'no role\n', 'become an Owner'],
    [
      'a group that is not there',
      () => azure.groups.clear(),
      'the group of administrators exists',
      `azure_admin_group_id is ${GROUP}, and there is no such group`,
      'az ad group create',
    ],
    [
      'that whoever is signed in is not in the group',
      () => azure.groups.set('administrators', { id: GROUP, members: new Set() }),
      'is in the group',
      'is none',
      `az ad group member add --group ${GROUP} --member-id 00000000-0000-4000-8000-0000000000a1`,
    ],
    [
      'a resource provider that is not registered',
      () => azure.namespaces.delete('Microsoft.KeyVault'),
      'resource providers',
      'Microsoft.KeyVault: not there',
      'az provider register --namespace Microsoft.KeyVault --wait',
    ],
    [
      'a size that the region has not',
      () => azure.sizes.pop(),
      'has Standard_D4as_v5',
      'it is not offered there',
      'Standard_D2as_v5',
    ],
    [
      'a size that the subscription may not have',
      () =>
        azure.sizes[1]?.restrictions.push({
          type: 'Location',
          reasonCode: 'NotAvailableForSubscription',
          restrictionInfo: { locations: ['westeurope'], zones: null },
        }),
      'has Standard_D4as_v5',
      'the subscription may not have it there (NotAvailableForSubscription)',
      'support request',
    ],
    [
      'a size that one zone has not',
      () => (azure.sizes[1]!.locationInfo = [{ location: 'westeurope', zones: ['1', '3'] }]),
      'has Standard_D4as_v5',
      'zone 2 has none',
      'Standard_D2as_v5',
    ],
    [
      'a size that the subscription may not have in one zone',
      () =>
        azure.sizes[1]?.restrictions.push({
          type: 'Zone',
          reasonCode: 'NotAvailableForSubscription',
          restrictionInfo: { locations: ['westeurope'], zones: ['2'] },
        }),
      'has Standard_D4as_v5',
      'the subscription may not have it in zone 2 (NotAvailableForSubscription)',
      'Standard_D2as_v5',
    ],
    [
      'a size without encryption at the host',
      () => (azure.sizes[1]!.capabilities = [{ name: 'vCPUs', value: '4' }]),
      'has Standard_D4as_v5',
      'it knows no encryption at host',
      'Standard_D2as_v5',
    ],
    [
      'a version that is no longer supported',
      () => (azure.versions = [versionOf('1.35', ['AKSLongTermSupport']), versionOf('1.36', ['KubernetesOfficial'])]),
      'AKS offers Kubernetes 1.35',
      'it offers 1.36',
      'kubernetes_version',
    ],
    [
      'a version that is a preview',
      () =>
        (azure.versions = [versionOf('1.35', ['KubernetesOfficial'], true), versionOf('1.34', ['KubernetesOfficial'])]),
      'AKS offers Kubernetes 1.35',
      'it offers 1.34',
      'kubernetes_version',
    ],
    [
      'a feature that is not registered',
      () => azure.features.clear(),
      'EncryptionAtHost',
      'NotRegistered',
      'az feature register --namespace Microsoft.Compute --name EncryptionAtHost',
    ],
    [
      'the name of the states that somebody else has',
      () => azure.taken.add('acmeterraformstate'),
      'acmeterraformstate, the name of the storage account of the states',
      "The name 'acmeterraformstate' is already in use.",
      'npx slipway init --organization NAME',
    ],
    [
      'the name of a vault that somebody else has',
      () => azure.taken.add('acme-live-aks'),
      'acme-live-aks, the name of the Key Vault',
      'already in use',
      'npx slipway init --organization NAME',
    ],
    [
      'a deleted vault of another region, whose name is kept',
      () => azure.deletedVaults.set('acme-live-aks', 'northeurope'),
      'acme-live-aks, the name of the Key Vault',
      'ours was deleted in northeurope, and is kept until 2026-12-30',
      'take that region in the root',
    ],
  ])('says %s', async (_, change, what, seen, fix) => {
    change();
    const problems = await accounts.problems('azure');
    expect(problems.map(({ state }) => state)).toEqual(['missing']);
    expect(problems[0]?.what).toContain(what);
    expect(problems[0]?.seen).toContain(seen);
    expect(problems[0]?.fix?.join('\n')).toContain(fix);
  });

  it('counts what is used against quotas: of the family, and of the region', async () => {
    // 3 zones of 2 and 4 CPUs, a node more in each pool: 36; grown, 2 and 4 nodes, and 1 and 2 more: 3 × (3 × 2 + 6 × 4) = 90.
    azure.cpus.set('standardDASv5Family', [5, 40]).set('cores', [5, 95]);
    const problems = await accounts.problems('azure');
    expect(problems).toMatchObject([
      {
        what: 'westeurope has CPUs for the nodes to begin with, and for their upgrade',
        seen: 'Total Regional vCPUs: 36 needed, 5 of 95 used\nStandard DASv5 Family vCPUs: 36 needed, 5 of 40 used',
        fix: [expect.stringContaining('Quotas'), 'Standard DASv5 Family vCPUs in westeurope: at least 41'],
      },
      { seen: expect.stringContaining('Standard DASv5 Family vCPUs: 90 needed') as string },
    ]);
    azure.cpus.set('standardDASv5Family', [5, 95]);
    expect(await accounts.problems('azure')).toEqual([]);
    azure.cpus.delete('standardDASv5Family');
    expect((await accounts.problems('azure'))[0]?.seen).toContain('standarddasv5family: 36 needed, 0 of 0 used');
  });

  it('does not count the nodes of a cluster that runs twice', async () => {
    azure.cpus.set('standardDASv5Family', [18, 36]);
    azure.make('Microsoft.ContainerService/managedClusters', 'acme-live-aks');
    const [growth, ...others] = await accounts.problems('azure');
    expect(growth?.seen).toContain('Standard DASv5 Family vCPUs: 72 needed, 18 of 36 used');
    expect(others).toEqual([]);
  });

  it('is content with names that are ours, and with a deleted vault that Terraform recovers', async () => {
    azure.make('Microsoft.Storage/storageAccounts', 'acmeliveaks');
    azure.deletedVaults.set('acme-live-aks', 'westeurope');
    const { findings, code } = await accounts.found({ cloud: 'azure' });
    const seen = findings.flatMap((one) => (one.what.includes('the name of') ? [one.seen] : []));
    expect(seen).toContainEqual(expect.stringMatching(/^ours: .*\/storageAccounts\/acmeliveaks$/));
    expect(seen).toContainEqual(expect.stringMatching(/2026-12-30.*: Terraform recovers it$/));
    expect(code).toBe(0);
  });

  it('asks for no encryption at the host, and no second size, if the root has none', async () => {
    accounts.write(
      'bootstrap/roots/live-aks/main.tf',
      AKS.replace('host_encryption = true', 'host_encryption = false').replace(/apps_pool .*/, 'apps_pool = null'),
    );
    azure.features.clear();
    azure.sizes.pop();
    expect(await accounts.problems('azure')).toEqual([]);
  });

  const permissions = azReads(new Subscription()).flatMap(({ permission }) => permission ?? []);
  const ofRest = ['Microsoft.KeyVault/checkNameAvailability/read', 'Microsoft.ContainerService/managedClusters/read'];
  it.each([...new Set([...permissions, ...ofRest])])(
    'says that %s is not allowed, which is neither in force nor missing',
    async (permission) => {
      // Deleted vaults are asked about if the name is not free.
      if (permission.includes('deletedVaults')) azure.deletedVaults.set('acme-live-aks', 'westeurope');
      azure.denied.add(permission);
      const { findings, code } = await accounts.found({ cloud: 'azure' });
      const unknown = findings.filter(({ state }) => state === 'unknown');
      expect(unknown.length).toBeGreaterThan(0);
      for (const { fix, asked } of unknown) {
        expect(fix?.join()).toContain(permission);
        expect(asked).toMatch(/^az /);
      }
      expect(findings.filter(({ state }) => state === 'missing')).toEqual([]);
      expect(code).toBe(0);
    },
  );

  it('prints lines of at most 80 columns, and commands that a shell reads as they are', async () => {
    azure.namespaces.clear();
    azure.features.clear();
    azure.roles.clear();
    azure.taken.add('acmeliveaks');
    azure.denied.add('Microsoft.Compute/skus/read');
    azure.versions = Array.from({ length: 20 }, (_, i) => versionOf(`1.${40 + i}`, ['KubernetesOfficial']));
    const { text, code } = await doctorCloud(accounts.workspace, { json: false, cloud: 'azure' }, accounts.run);
    expect(code).toBe(2);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/^Azure\nin force {2}the sign-in to Azure has not expired\n/);
    expect(text).toContain(
      '\nlive-aks\nunknown   westeurope has Standard_D2as_v5 in the zones 1, 2, 3\n    asked: az vm list-skus',
    );
    expect(text).toMatch(/\n21 checks: \d+ missing, 4 unknown$|checks: \d+ missing, 4 unknown$/);
    const commands = text.match(/^az (.*\\\n)*.*$/gm) ?? [];
    expect(commands).toHaveLength(14);
    const words = execFileSync('sh', ['-c', `az() { printf '%s ' "$@"; }\n${commands[1]}`], { encoding: 'utf8' });
    expect(words).toBe(
      `provider register --namespace Microsoft.Authorization --wait --subscription ${azure.subscription} `,
    );
  });

  it('says which value it cannot read', async () => {
    accounts.write(
      'bootstrap/roots/live-aks/main.tf',
      AKS.replace('= "westeurope"', '= ["a"]').replace('host_encryption = true', 'host_encryption = var.encrypted'),
    );
    await expect(accounts.found({ cloud: 'azure' })).rejects.toThrow(
      /told location in another form[^]*at: {3}bootstrap\/roots\/live-aks\/main\.tf[^]*told host_encryption/,
    );
  });

  it('says a resource of which it does not know the provider', async () => {
    accounts.write('bootstrap/roots/live-aks/cache.tf', 'resource "azurerm_redis_cache" "this" {}\n');
    expect(await accounts.problems('azure')).toMatchObject([
      { what: 'the resource provider of azurerm_redis_cache is registered', state: 'unknown' },
    ]);
  });
});
