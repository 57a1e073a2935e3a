import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_CPUS } from '../../../cli/doctor/cloud/aws/wanted.ts';
import type { Folder } from '../terraform.ts';
import { need } from './command.ts';
import { namespacesOf } from './folders.ts';
import { organizationOf, PRINCIPALS, valueOf, workflowRoles } from './outputs.ts';
import type { World } from './world.ts';

/** The beginning of the address of whoever follows a runbook. */
const ADDRESS = '198.51.100.';

type Env = Readonly<Record<string, string | undefined>>;

/** Makes what a root makes. @throws Refusal, as the provider or the cloud does, if something is not there that it needs */
export function apply(world: World, root: string, folders: readonly Folder[], env: Env): string {
  const organization = organizationOf(world);
  need(organization !== 'example', 'Choose an organization in bootstrap/modules/settings/main.tf');
  const isAzure = folders.some(({ resources }) => resources.some(({ type }) => type.startsWith('azurerm_')));
  if (isAzure) inSubscription(world, folders, env);
  else inAccount(world, env);
  if (root.startsWith('remote-state-')) return isAzure ? storeOnAzure(world) : storeOnAws(world, organization);
  need(world.setting('operator_cidrs').includes(ADDRESS), 'dial tcp: i/o timeout: the firewall does not admit you');
  if (isAzure) clusterOnAzure(world, root, folders, `${organization}-${root}`);
  else clusterOnAws(world, `${organization}-${root}`, organization);
  return handOver(world, root, `${organization}-${root}`, folders);
}

function inSubscription({ azure }: World, folders: readonly Folder[], env: Env): void {
  azure.signedIn();
  need(env['ARM_SUBSCRIPTION_ID'] === azure.subscription, '`subscription_id` is a required provider property');
  const missing = namespacesOf(folders).filter((one) => !azure.namespaces.has(one));
  need(missing.length === 0, `MissingSubscriptionRegistration: ${[...new Set(missing)].join(', ')}`);
}

function inAccount({ aws }: World, env: Env): void {
  aws.signedIn(env['AWS_PROFILE']);
}

function storeOnAzure(world: World): string {
  const { azure } = world;
  need(world.setting('azure_subscription_ids') === `["${azure.subscription}"]`, 'SubscriptionNotFound');
  needsGroup(world);
  for (const id of Object.values(PRINCIPALS)) azure.principals.add(id);
  azure.make('Microsoft.Storage/storageAccounts', storeIn(world, 'azurerm', 'storage_account_name'));
  world.stores.add('azurerm');
  return 'Apply complete!\n';
}

function storeOnAws(world: World, organization: string): string {
  for (const role of Object.values(workflowRoles(organization))) world.aws.roles.add(role);
  needsAccount(world);
  world.aws.buckets.add(storeIn(world, 's3', 'bucket'));
  world.aws.issuer = { tags: tagsOf(organization) };
  world.stores.add('s3');
  return 'Apply complete!\n';
}

/** A value of the location of the states. */
function storeIn(world: World, backend: string, key: string): string {
  const text = world.read(world.clone, `bootstrap/roots/${backend}.tfbackend`);
  const [, value] = new RegExp(String.raw`^${key} *= *"(.*)"$`, 'm').exec(text) ?? [];
  need(value, `the location of the states has no ${key}`);
  return value;
}

function tagsOf(organization: string): { readonly Key: string; readonly Value: string }[] {
  const tags = { project: 'slipway', organization, 'managed-by': 'terraform' };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function needsGroup(world: World): void {
  const known = [...world.azure.groups.values()].some(({ id }) => world.setting('azure_admin_group_id') === `"${id}"`);
  need(known, 'PrincipalNotFound: azure_admin_group_id');
}

function needsAccount(world: World): void {
  need(world.setting('aws_account_id') === `"${world.aws.account}"`, 'AWS account ID not allowed');
}

function clusterOnAzure(world: World, root: string, folders: readonly Folder[], name: string): void {
  const { azure } = world;
  needsGroup(world);
  needsFreshToken(world);
  const call = folders[0]?.calls.get('cluster');
  if (call?.['host_encryption'] === true)
    need(
      azure.features.get('Microsoft.Compute/EncryptionAtHost') === 'in force',
      `SubscriptionNotEnabledEncryptionAtHost: ${root}`,
    );
  if (world.setting('image_registry').startsWith(`"${name.replaceAll('-', '')}.azurecr.io/`))
    need(world.setting('azure_publish_principal_id') === `"${PRINCIPALS.publish}"`, 'nobody may publish images here');
  azure.clusters.add(name);
  const plain = name.replaceAll('-', '');
  for (const account of [plain, `${plain.slice(0, 20)}flow`]) azure.make('Microsoft.Storage/storageAccounts', account);
  azure.make('Microsoft.ContainerRegistry/registries', plain);
  azure.make('Microsoft.KeyVault/vaults', name);
  azure.make('Microsoft.ContainerService/managedClusters', name);
  azure.vaults.set(name, azure.vaults.get(name) ?? new Map());
}

/** The data of vaults and states is for members of the group, as the token has them. */
export function needsFreshToken({ azure }: World): void {
  const isMember = [...azure.groups.keys()].some((group) => azure.token?.has(group));
  need(isMember, 'ForbiddenByRbac: Caller is not authorized to perform action on resource');
}

function clusterOnAws(world: World, name: string, organization: string): void {
  const { aws } = world;
  needsAccount(world);
  need((aws.quotas.get('L-1216C47A') ?? 0) >= FIRST_CPUS, 'VcpuLimitExceeded: pods stay Pending');
  const people = world.setting('aws_administrator_role').replaceAll('"', '');
  for (const role of [people, workflowRoles(organization).apply])
    need(aws.roles.has(role), `InvalidParameterException: The specified principalArn is invalid: ${role}`);
  aws.clusters.add(name);
  for (const bucket of [`${name}-backups`, `${name}-backups-replica`]) aws.buckets.add(bucket);
}

/** Argo CD reads from Git what was rendered with the facts of this cluster. */
function handOver(world: World, cluster: string, name: string, folders: readonly Folder[]): string {
  const path = `dist/${cluster}/applications/Application.root.yaml`;
  need(existsSync(join(world.clone, 'dist', cluster, 'cluster.json')), `There is no dist/${cluster}/cluster.json`);
  if (!existsSync(join(world.clone, path))) return 'Warning: Check block assertion failed\nApply complete!\n';
  const { remote } = world;
  if (remote?.isPrivate) {
    need(world.setting('repository_credential_version') !== 'null', 'Argo CD could not read the repository');
    const given =
      world.azure.vaults.get(name)?.get('argo-cd-repository') ?? world.aws.secrets.get(`${name}-repository`);
    need(given?.startsWith('{'), 'The credential command did not print a JSON object.');
  }
  need(world.pushed(path) === world.read(world.clone, path), `Argo CD could not read ${path}`);
  const facts = JSON.parse(world.pushed(`clusters/${cluster}/facts.json`) ?? '{}') as Readonly<Record<string, unknown>>;
  for (const output of folders[0]?.outputs.keys() ?? []) {
    const value = valueOf(output, cluster, world);
    need(
      value === null || JSON.stringify(facts[output]) === JSON.stringify(value),
      `what Argo CD syncs has not the ${output} of this cluster`,
    );
  }
  world.handedOver.add(name);
  return 'Apply complete!\n';
}
