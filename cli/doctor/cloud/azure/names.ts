/** What has a name that no one else in the world may have. */
export interface GlobalName {
  readonly what: string;
  /** Of Azure's. */
  readonly type:
    'Microsoft.Storage/storageAccounts' | 'Microsoft.KeyVault/vaults' | 'Microsoft.ContainerRegistry/registries';
  readonly name: string;
}

/** Names that the modules make of a cluster's own, which begins with the organization, by their resources. */
export const NAMES_OF: Readonly<Record<string, (name: string) => GlobalName>> = {
  'azurerm_storage_account.backups': (name) => ({
    what: 'the storage account of the backups',
    type: 'Microsoft.Storage/storageAccounts',
    name: plain(name),
  }),
  'azurerm_storage_account.flow_logs': (name) => ({
    what: 'the storage account of the flow logs',
    type: 'Microsoft.Storage/storageAccounts',
    name: `${plain(name).slice(0, 20)}flow`,
  }),
  'azurerm_key_vault.cluster': (name) => ({ what: 'the Key Vault', type: 'Microsoft.KeyVault/vaults', name }),
  'azurerm_container_registry.cluster': (name) => ({
    what: 'the registry',
    type: 'Microsoft.ContainerRegistry/registries',
    name: plain(name),
  }),
};

function plain(name: string): string {
  return name.replaceAll('-', '');
}
