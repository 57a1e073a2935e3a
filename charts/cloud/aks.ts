import { z } from 'zod';
import { hostName, httpsUrl } from '../lib/host.ts';
import { capability } from '../kinds/kind.ts';
import { addressesOrAny, ANYWHERE, HTTPS_ANYWHERE, outside } from '../lib/network.ts';
import { type Cloud, CLOUD_USERS, type ClusterName, KUBE_DNS } from './cloud.ts';
import { databasesFact, databasesOwnership } from './databases.ts';
import { FOLLOW, zoneOf } from './dns-zone.ts';
import { globalName } from './global-name.ts';
import { eachText, type Ownership } from './ownership.ts';
import { jsonFile, type SecretCommands } from './secret-commands.ts';

const uuid = z.guid();

/** Schema of the facts of an AKS cluster; each key is a Terraform output of its root in bootstrap/. */
export const aksFacts = z.strictObject({
  tenant_id: uuid,
  subscription_id: uuid,
  pod_cidr: z.cidrv4(),
  /**
   * Addresses of the API server and of its Service. @default []: they are not known, and pods may call any address at its
   * ports
   */
  api_server_cidrs: z.array(z.cidrv4()).default([]),
  /** Name of the DNS zone: the domain, or one above it. @default the domain */
  dns_zone_name: hostName.optional(),
  /** Resource group of the DNS zone. */
  dns_resource_group: z.string().min(1),
  /** Zone to which `_acme-challenge` of the domain is delegated by a CNAME record. @default none: challenges are in the zone */
  challenge_zone: z.strictObject({ name: hostName, resource_group: z.string().min(1) }).optional(),
  key_vault_url: httpsUrl,
  backup_resource_group: z.string().min(1),
  backup_storage_account: z.string().regex(/^[a-z0-9]{3,24}$/, 'must be 3 to 24 lower-case letters and digits'),
  backup_container: z.string().min(1),
  /** Client id of the managed identity of each component that calls Azure. */
  identity_client_ids: z.strictObject(
    Object.fromEntries(CLOUD_USERS.map((user) => [user, uuid])) as Record<(typeof CLOUD_USERS)[number], typeof uuid>,
  ),
  databases: databasesFact,
});

/** Clusters may share a tenant, a subscription, a resource group of zones, and address ranges that never meet. */
export const aksOwnership: Ownership<z.output<typeof aksFacts>> = {
  tenant_id: 'shared',
  subscription_id: 'shared',
  pod_cidr: 'shared',
  api_server_cidrs: 'shared',
  dns_zone_name: 'shared',
  dns_resource_group: 'shared',
  challenge_zone: 'shared',
  key_vault_url: {
    what: 'the secrets',
    prefixed: true,
    values: (url) => [{ value: new URL(url).hostname }],
  },
  backup_resource_group: 'shared',
  // The name of a storage account is unique in the world; the container alone is not.
  backup_storage_account: {
    what: 'the backups',
    values: (account, { backup_container: container }) => [{ value: `${account}/${container}` }],
  },
  backup_container: 'shared',
  identity_client_ids: { what: 'the identity of a component', values: (ids) => eachText(ids) },
  databases: databasesOwnership,
};

/** Azure Kubernetes Service: Azure DNS, Key Vault, Blob Storage, workload identity. */
export function aks(cluster: ClusterName, facts: z.output<typeof aksFacts>): Cloud {
  const { name, domain } = cluster;
  // Unique in the region, whoever has a load balancer there; the name of a vault is unique in the world.
  const label = globalName(name, facts.key_vault_url);
  const hostedZoneName = zoneOf(cluster, facts.dns_zone_name);
  const challenges = facts.challenge_zone ?? { name: hostedZoneName, resource_group: facts.dns_resource_group };
  return {
    kind: 'aks',
    preinstalled: [
      capability.api('metrics.k8s.io'),
      capability.crd('snapshot.storage.k8s.io', 'volumesnapshotclasses'),
    ],
    // With Azure CNI, DNS may be served on the node, at a link-local address.
    dns: [KUBE_DNS, { cidr: '169.254.10.0/24' }],
    apiServer: addressesOrAny(facts.api_server_cidrs),
    nodes: outside(ANYWHERE, [facts.pod_cidr]),
    podCidrs: [facts.pod_cidr],
    storage: { storageClassName: 'premium-retain' },
    // AKS's own managed-csi-premium is the same but for its reclaim policy: it deletes a disk with its claim.
    storageClass: { provisioner: 'disk.csi.azure.com', parameters: { skuName: 'Premium_LRS' }, expands: true },
    // externalTrafficPolicy Local preserves the client address; Azure's load balancer has no PROXY protocol.
    loadBalancer: { type: 'LoadBalancer', annotations: { 'service.beta.kubernetes.io/azure-dns-label-name': label } },
    secretStore: {
      azurekv: { vaultUrl: facts.key_vault_url, authType: 'WorkloadIdentity', tenantId: facts.tenant_id },
    },
    secretPrefix: `${name}-`,
    secretCommands: keyVaultCommands(facts.key_vault_url),
    zone: {
      args: [
        '--provider=azure',
        '--azure-config-file=/etc/kubernetes/azure.json',
        `--domain-filter=${domain}`,
        // Zones are found by the domain's filter, which none above the domain passes, or else by this one.
        ...(hostedZoneName === domain ? [] : [`--zone-name-filter=${hostedZoneName}`]),
      ],
      config: {
        path: '/etc/kubernetes/azure.json',
        content: `${JSON.stringify(
          {
            tenantId: facts.tenant_id,
            subscriptionId: facts.subscription_id,
            resourceGroup: facts.dns_resource_group,
            useWorkloadIdentityExtension: true,
          },
          null,
          2,
        )}\n`,
      },
      solver: {
        ...(facts.challenge_zone && FOLLOW),
        azureDNS: {
          subscriptionID: facts.subscription_id,
          resourceGroupName: challenges.resource_group,
          hostedZoneName: challenges.name,
          environment: 'AzurePublicCloud',
          managedIdentity: { clientID: facts.identity_client_ids['cert-manager'] },
        },
      },
    },
    backups: {
      plugin: 'azure',
      bucket: facts.backup_container,
      config: {
        resourceGroup: facts.backup_resource_group,
        storageAccount: facts.backup_storage_account,
        subscriptionId: facts.subscription_id,
        useAAD: 'true',
      },
      snapshotDriver: 'disk.csi.azure.com',
    },
    databases: facts.databases ?? {},
    kubeletSelfSigned: false,
    // Azure Linux 3 has Linux 6.6 and containerd 2; managed disks are ext4.
    userNamespaces: true,
    workloadIdentity: (component) => ({
      serviceAccountAnnotations: { 'azure.workload.identity/client-id': facts.identity_client_ids[component] },
      podLabels: { 'azure.workload.identity/use': 'true' },
      openings: [HTTPS_ANYWHERE],
    }),
  };
}

/** Azure's command line, for a vault by its URL: `https://example.vault.azure.net/`. */
function keyVaultCommands(url: string): SecretCommands {
  const vault = new URL(url).hostname.split('.')[0] ?? '';
  const secret = (verb: string, name: string): string =>
    `az keyvault secret ${verb} --vault-name ${vault} --name ${name}`;
  return {
    store: `the Key Vault ${vault}`,
    write: (entry) => {
      const { path, text } = jsonFile(entry);
      return { files: { [path]: text }, create: `${secret('set', entry.remoteKey)} --file ${path} --encoding utf-8` };
    },
    read: (name) => `${secret('show', name)} --query value --output tsv`,
  };
}
