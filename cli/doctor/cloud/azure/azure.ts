import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { foldersOf } from '../../../terraform/folder.ts';
import type { Finding } from '../../finding.ts';
import { type Ask, judged } from '../answer.ts';
import { type Root, type Settings, stateOf } from '../terraform.ts';
import { signIn } from './account.ts';
import { NAMES_OF } from './names.ts';
import { namespacesOf } from './namespaces.ts';
import { nodesIn } from './nodes.ts';
import { rightsOf } from './rights.ts';
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
  const [rights, registered, state, ...ofClusters] = await Promise.all([
    rightsOf(ask, account, settings.azure_admin_group_id),
    providers(ask, subscription, repository, roots),
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
    factsAgree(repository, cluster, subscription),
    nodesIn(ask, subscription, wanted, there),
    versionIn(ask, subscription, version, wanted).then((one) => [one]),
    wanted.hostEncryption ? hostEncryption(ask, subscription).then((one) => [one]) : [],
    ...Object.values(NAMES_OF).map(async (of) => [await nameIsFree(ask, subscription, of(name), wanted.location)]),
  ]);
  return parts.flat().map((finding) => ({ about: cluster, ...finding }));
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

async function providers(
  ask: Ask,
  subscription: string,
  repository: string,
  roots: readonly Root[],
): Promise<Finding[]> {
  const folders = [...roots.flatMap((root) => root.folders), ...(await foldersOf(STATE_ROOT, repository))];
  const { needed, unknown } = namespacesOf(folders);
  const answer = await ask({
    args: ['provider', 'list', '--subscription', subscription],
    schema: z.array(z.object({ namespace: z.string(), registrationState: z.string() })),
    permission: 'Microsoft.Resources/subscriptions/providers/read',
  });
  const registered = judged(
    `the ${needed.length} resource providers that the roots need are registered`,
    answer,
    (all = []) => {
      const states = new Map(all.map((one) => [one.namespace.toLowerCase(), one.registrationState]));
      const missing = needed.filter((one) => states.get(one.toLowerCase()) !== 'Registered');
      return missing.length === 0
        ? { seen: needed.join(', ') }
        : {
            seen: missing.map((one) => `${one}: ${states.get(one.toLowerCase()) ?? 'not there'}`).join('\n'),
            fix: missing.map((one) => `az provider register --namespace ${one} --wait --subscription ${subscription}`),
          };
    },
  );
  const unlisted = unknown.map((type): Finding => ({
    what: `the resource provider of ${type} is registered`,
    state: 'unknown',
    seen: 'it is not known which one that is',
    fix: ['name it in cli/doctor/cloud/azure/namespaces.ts'],
  }));
  return [registered, ...unlisted];
}

async function stateName(ask: Ask, subscription: string, repository: string, location: string): Promise<Finding> {
  const { storage_account_name: name } = await stateOf(repository, 'azure', stateSchema);
  const thing = 'the storage account of the states';
  return nameIsFree(ask, subscription, { what: thing, type: 'Microsoft.Storage/storageAccounts', name }, location);
}

/** The plan of support that an ordinary tier has. */
const OFFICIAL = 'KubernetesOfficial';

async function versionIn(
  ask: Ask,
  subscription: string,
  version: string,
  { location, longTermSupport }: Wanted,
): Promise<Finding> {
  const answer = await ask({
    args: ['aks', 'get-versions', '--location', location, '--subscription', subscription],
    schema: z.object({
      values: z.array(
        z.object({
          version: z.string(),
          isPreview: z.boolean().nullish(),
          capabilities: z.object({ supportPlan: z.array(z.string()) }).nullish(),
        }),
      ),
    }),
    permission: 'Microsoft.ContainerService/locations/kubernetesVersions/read',
  });
  return judged(`AKS offers Kubernetes ${version} in ${location}`, answer, (all) => {
    const supported = (all?.values ?? [])
      .filter(({ isPreview }) => !isPreview)
      .filter(({ capabilities }) => longTermSupport || !capabilities || capabilities.supportPlan.includes(OFFICIAL))
      .map((one) => one.version)
      .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
    const seen = `it offers ${supported.join(', ')}`;
    return supported.includes(version)
      ? { seen }
      : { seen, fix: ['write one of them as kubernetes_version into bootstrap/modules/settings/main.tf'] };
  });
}

async function hostEncryption(ask: Ask, subscription: string): Promise<Finding> {
  const feature = ['--namespace', 'Microsoft.Compute', '--name', 'EncryptionAtHost'];
  const answer = await ask({
    args: ['feature', 'show', ...feature, '--subscription', subscription],
    schema: z.object({ properties: z.object({ state: z.string() }) }),
    permission: 'Microsoft.Features/providers/features/read',
  });
  return judged('the subscription has the feature EncryptionAtHost, which the root asks for', answer, (found) => {
    const state = found?.properties.state ?? 'NotRegistered';
    return state === 'Registered'
      ? { seen: state }
      : {
          seen: state,
          fix: [
            `az feature register ${feature.join(' ')} --subscription ${subscription}`,
            'and once it is Registered, which takes a quarter of an hour:',
            `az provider register --namespace Microsoft.Compute --wait --subscription ${subscription}`,
          ],
        };
  });
}
