output "resource_group_name" {
  description = "The cluster's resource group."
  value       = azurerm_resource_group.cluster.name
}

output "subnet_ids" {
  description = "Subnet of the nodes of each zone. Nodes that are made before the way out is there never join."
  value       = { for zone, subnet in azurerm_subnet.nodes : zone => subnet.id }
  depends_on = [
    azurerm_nat_gateway_public_ip_association.nodes,
    azurerm_subnet_nat_gateway_association.nodes,
    azurerm_subnet_network_security_group_association.nodes,
  ]
}

output "pod_cidr" {
  description = "Addresses of pods."
  value       = var.pod_cidr
}

output "log_analytics_workspace_id" {
  description = "Where logs of the cluster go."
  value       = azurerm_log_analytics_workspace.cluster.id
}

output "resource_group_id" {
  description = "Id of the cluster's resource group."
  value       = azurerm_resource_group.cluster.id
}

output "egress_cidrs" {
  description = "Addresses that nodes leave the network from."
  value       = [for address in azurerm_public_ip.nat : "${address.ip_address}/32"]
}
