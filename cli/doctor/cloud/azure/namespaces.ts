import type { Folder } from '../../../terraform/folder.ts';

/**
 * The resource provider that has to be registered before a resource can be made, by the beginning of its type.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/azure-services-resource-providers
 */
const NAMESPACES: Readonly<Record<string, string>> = {
  azurerm_container_registry: 'ContainerRegistry',
  azurerm_disk_encryption_set: 'Compute',
  azurerm_dns_: 'Network',
  azurerm_federated_identity_credential: 'ManagedIdentity',
  azurerm_key_vault: 'KeyVault',
  azurerm_kubernetes_: 'ContainerService',
  azurerm_log_analytics_workspace: 'OperationalInsights',
  azurerm_management_lock: 'Authorization',
  azurerm_monitor_: 'Insights',
  azurerm_nat_gateway: 'Network',
  azurerm_network_: 'Network',
  azurerm_postgresql_: 'DBforPostgreSQL',
  azurerm_private_dns_: 'Network',
  azurerm_public_ip: 'Network',
  azurerm_role_: 'Authorization',
  azurerm_storage_: 'Storage',
  azurerm_subnet: 'Network',
  azurerm_user_assigned_identity: 'ManagedIdentity',
  azurerm_virtual_network: 'Network',
};

/** Always registered. */
const OF_THE_SUBSCRIPTION = 'azurerm_resource_group';

/** Resource providers that folders need, and types of resources that this list does not know. */
export function namespacesOf(folders: readonly Folder[]): { readonly needed: string[]; readonly unknown: string[] } {
  const types = new Set(
    folders.flatMap(({ resources }) =>
      resources.flatMap(({ mode, type }) => (mode === 'resource' && type.startsWith('azurerm_') ? [type] : [])),
    ),
  );
  types.delete(OF_THE_SUBSCRIPTION);
  const prefixOf = (type: string): string | undefined => Object.keys(NAMESPACES).find((one) => type.startsWith(one));
  const needed = [...types].flatMap((type) => NAMESPACES[prefixOf(type) ?? ''] ?? []);
  return {
    needed: [...new Set(needed)].toSorted().map((name) => `Microsoft.${name}`),
    unknown: [...types].filter((type) => prefixOf(type) === undefined),
  };
}
