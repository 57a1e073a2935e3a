output "zone_name" {
  description = "Name of the zone."
  value       = azurerm_dns_zone.cluster.name
}

output "resource_group_name" {
  description = "Resource group of the zone."
  value       = azurerm_resource_group.dns.name
}

output "resource_group_id" {
  description = "Id of the zone's resource group."
  value       = azurerm_resource_group.dns.id
}

output "zone_id" {
  description = "Id of the zone."
  value       = azurerm_dns_zone.cluster.id
}

output "delegation" {
  description = "Name servers for the NS record of the domain in its parent zone."
  value       = azurerm_dns_zone.cluster.name_servers
}
