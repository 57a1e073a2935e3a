import { z } from 'zod';
import { type Folder } from '../../../terraform/folder.ts';
import type { Finding } from '../../finding.ts';
import { type Ask, judged } from '../answer.ts';
import { namespacesOf } from './namespaces.ts';
import type { Wanted } from './wanted.ts';

/** Whether the resource providers are registered that folders of Terraform need. */
export async function providers(ask: Ask, subscription: string, folders: readonly Folder[]): Promise<Finding[]> {
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

/** The plan of support that an ordinary tier has. */
const OFFICIAL = 'KubernetesOfficial';

/** Whether AKS offers the version, with a support that the tier has. */
export async function versionIn(
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

/** Whether the subscription may encrypt caches and temporary disks at the host. */
export async function hostEncryption(ask: Ask, subscription: string): Promise<Finding> {
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
