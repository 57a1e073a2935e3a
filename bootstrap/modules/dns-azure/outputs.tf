output "zone_name" {
  description = "Name of the zone: the domain, or one above it."
  value       = local.zone
}

output "resource_group_name" {
  description = "Resource group of the zone."
  value       = local.group
}

output "resource_group_id" {
  description = "Id of the zone's resource group."
  value       = one(concat(azurerm_resource_group.dns[*].id, data.azurerm_resource_group.existing[*].id))
}

output "zone_id" {
  description = "Id of the zone."
  value       = one(concat(azurerm_dns_zone.cluster[*].id, data.azurerm_dns_zone.existing[*].id))
}

output "delegation" {
  description = "Name servers for the NS record of the domain in its parent zone; none if the zone is one above the domain."
  value       = flatten([for zone in azurerm_dns_zone.cluster : tolist(zone.name_servers)])
}
