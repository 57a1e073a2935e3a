output "resource_group_name" {
  description = "Resource group of the storage account."
  value       = azurerm_resource_group.backups.name
}

output "resource_group_id" {
  description = "Id of the storage account's resource group."
  value       = azurerm_resource_group.backups.id
}

output "storage_account_name" {
  description = "Name of the storage account."
  value       = azurerm_storage_account.backups.name
}

output "storage_account_id" {
  description = "Id of the storage account."
  value       = azurerm_storage_account.backups.id
}

output "container_name" {
  description = "Name of the container that Velero writes to."
  value       = azurerm_storage_container.velero.name
}

output "container_id" {
  description = "Id of the container that Velero writes to."
  value       = azurerm_storage_container.velero.id
}
