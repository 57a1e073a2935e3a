output "resource_group_name" {
  description = "The cluster's resource group."
  value       = azurerm_resource_group.cluster.name
}

output "subnet_ids" {
  description = "Ids of the nodes' subnets by zone, available once their egress exists: nodes without egress cannot join."
  value       = { for zone, subnet in azurerm_subnet.nodes : zone => subnet.id }
  depends_on = [
    azurerm_nat_gateway_public_ip_association.nodes,
    azurerm_subnet_nat_gateway_association.nodes,
    azurerm_subnet_network_security_group_association.nodes,
  ]
}

output "pod_cidr" {
  description = "CIDR block of pods."
  value       = var.pod_cidr
}

output "log_analytics_workspace_id" {
  description = "Id of the Log Analytics workspace for the cluster's logs."
  value       = azurerm_log_analytics_workspace.cluster.id
}

output "resource_group_id" {
  description = "Id of the cluster's resource group."
  value       = azurerm_resource_group.cluster.id
}

output "egress_cidrs" {
  description = "Egress addresses of the nodes."
  value       = [for address in azurerm_public_ip.nat : "${address.ip_address}/32"]
}

output "virtual_network_name" {
  description = "Name of the virtual network."
  value       = azurerm_virtual_network.cluster.name
}

output "virtual_network_id" {
  description = "Id of the virtual network."
  value       = azurerm_virtual_network.cluster.id
}
