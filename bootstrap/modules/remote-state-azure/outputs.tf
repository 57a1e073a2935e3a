output "resource_group_id" {
  description = "Id of the resource group of the states, the scope of role assignments."
  value       = azurerm_resource_group.state.id
}

output "resource_group_name" {
  description = "Resource group of the states."
  value       = azurerm_resource_group.state.name
}
