import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { foldersOf } from '../../../terraform/folder.ts';
import type { Finding } from '../../finding.ts';
import type { Ask } from '../answer.ts';
import { type Root, type Settings, stateOf } from '../terraform.ts';
import { signIn } from './account.ts';
import { NAMES_OF } from './names.ts';
import { nodesIn } from './nodes.ts';
import { rightsOf } from './rights.ts';
import { hostEncryption, providers, versionIn } from './subscription.ts';
import { nameIsFree, resourceIn } from './taken.ts';
import { type Wanted, wantedOf } from './wanted.ts';

const STATE_ROOT = 'remote-state-azure';
const stateSchema = z.object({ storage_account_name: z.string() });

/** What Azure says of what these roots need. @throws Fault for inputs of Terraform that cannot be read */
export async function askAzure(
  ask: Ask,
  repository: string,
  settings: Settings,
  roots: readonly Root[],
): Promise<Finding[]> {
  const wanted = roots.map((root) => ({ root, wanted: wantedOf(root) }));
  const { findings, account } = await signIn(ask, settings, process.env['ARM_SUBSCRIPTION_ID']);
  if (account === undefined) return findings;
  const { subscription } = account;
  const states = await foldersOf(STATE_ROOT, repository);
  const [rights, registered, state, ...ofClusters] = await Promise.all([
    rightsOf(ask, account, settings.azure_admin_group_id),
    providers(ask, subscription, [...roots.flatMap(({ folders }) => folders), ...states]),
    stateName(ask, subscription, repository, wanted[0]?.wanted.location ?? ''),
    ...wanted.map((one) => ofCluster(ask, repository, subscription, settings, one)),
  ]);
  return [...findings, ...rights, ...registered, state, ...ofClusters.flat()];
}

async function ofCluster(
  ask: Ask,
  repository: string,
  subscription: string,
  { organization, kubernetes_version: version }: Settings,
  { root: { cluster }, wanted }: { readonly root: Root; readonly wanted: Wanted },
): Promise<Finding[]> {
  const name = `${organization}-${cluster}`;
  const there = await resourceIn(ask, subscription, 'Microsoft.ContainerService/managedClusters', name);
  const parts = await Promise.all([
    nodesIn(ask, subscription, wanted, there),
    versionIn(ask, subscription, version, wanted).then((one) => [one]),
    ...(wanted.hostEncryption ? [hostEncryption(ask, subscription).then((one) => [one])] : []),
    ...Object.values(NAMES_OF).map(async (of) => [await nameIsFree(ask, subscription, of(name), wanted.location)]),
  ]);
  return [...factsAgree(repository, cluster, subscription), ...parts.flat()].map((finding) => ({
    about: cluster,
    ...finding,
  }));
}

/** A cluster that is there already is in the subscription that its facts name. */
function factsAgree(repository: string, cluster: string, subscription: string): Finding[] {
  const file = `clusters/${cluster}/facts.json`;
  if (!existsSync(join(repository, file))) return [];
  const facts = z
    .object({ subscription_id: z.string() })
    .safeParse(JSON.parse(readFileSync(join(repository, file), 'utf8')));
  if (!facts.success) return [];
  const { subscription_id: said } = facts.data;
  const what = 'the facts of the cluster name the same subscription';
  if (said === subscription) return [{ what, state: 'in force', seen: said }];
  const seen = `${file} has ${said}`;
  return [
    { what, state: 'missing', seen, fix: [`sign in to that one, or remove ${file} if the cluster is to be made anew`] },
  ];
}

async function stateName(ask: Ask, subscription: string, repository: string, location: string): Promise<Finding> {
  const { storage_account_name: name } = await stateOf(repository, 'azure', stateSchema);
  const thing = 'the storage account of the states';
  return nameIsFree(ask, subscription, { what: thing, type: 'Microsoft.Storage/storageAccounts', name }, location);
}
