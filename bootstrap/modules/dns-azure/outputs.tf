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
  value       = local.group_id
}

output "zone_id" {
  description = "Id of the zone."
  value       = local.zone_id
}

output "challenges" {
  description = "Id of the zone that challenges are answered in, and of its resource group."
  value = {
    zone_id           = var.challenge_zone == null ? local.zone_id : one(data.azurerm_dns_zone.challenges[*].id)
    resource_group_id = var.challenge_zone == null ? local.group_id : one(data.azurerm_resource_group.challenges[*].id)
  }
}

output "delegation" {
  description = "Name servers for the NS record of the domain in its parent zone; none if the zone is one above the domain."
  value       = flatten([for zone in azurerm_dns_zone.cluster : tolist(zone.name_servers)])
}
