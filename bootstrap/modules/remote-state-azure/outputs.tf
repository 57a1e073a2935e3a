output "container_id" {
  description = "Id of the container of the states."
  value       = azurerm_storage_container.state.id
}

output "resource_group_name" {
  description = "Resource group of the states."
  value       = azurerm_resource_group.state.name
}
