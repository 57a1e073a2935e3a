import { moduleOf, readFolder, type Folder } from '../terraform.ts';

/** A root and all modules that it calls, directly or indirectly. */
export async function foldersOf(root: string, repository: string): Promise<Folder[]> {
  const found = [await readFolder('roots', root, repository)];
  const names = new Set<string>();
  for (let i = 0; i < found.length; i++)
    for (const call of found[i]?.calls.values() ?? []) {
      const name = moduleOf(call);
      if (names.has(name)) continue;
      names.add(name);
      found.push(await readFolder('modules', name, repository));
    }
  return found;
}

/**
 * The namespace that must be registered before a resource can be made, by the beginning of its type.
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
  azurerm_public_ip: 'Network',
  azurerm_role_: 'Authorization',
  azurerm_storage_: 'Storage',
  azurerm_subnet: 'Network',
  azurerm_user_assigned_identity: 'ManagedIdentity',
  azurerm_virtual_network: 'Network',
};

/** Always registered. */
const OF_THE_SUBSCRIPTION = 'azurerm_resource_group';

/** The namespaces that a root needs. @throws Error for a type of which this list does not know its namespace */
export function namespacesOf(folders: readonly Folder[]): string[] {
  const types = folders.flatMap(({ resources }) =>
    resources.flatMap(({ mode, type }) => (mode === 'resource' && type.startsWith('azurerm_') ? [type] : [])),
  );
  return [...new Set(types)].flatMap((type) => {
    if (type === OF_THE_SUBSCRIPTION) return [];
    const prefix = Object.keys(NAMESPACES).find((one) => type.startsWith(one));
    if (prefix === undefined)
      throw new Error(`the stand-in does not know the namespace of ${type}: add it to NAMESPACES`);
    return [`Microsoft.${NAMESPACES[prefix]}`];
  });
}
