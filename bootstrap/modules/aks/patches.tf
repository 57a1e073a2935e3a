# Azure applies patches by itself, and may then say 1.35.6 of the cluster and of its pools where 1.35 was asked for: each later
# plan would set that back. So what runs is read, and asked for as long as it is a patch of the minor version.

data "azurerm_resources" "cluster" {
  type = "Microsoft.ContainerService/managedClusters"
  name = var.name
}

# None before the cluster is made.
data "azurerm_kubernetes_cluster" "current" {
  count = length([for found in data.azurerm_resources.cluster.resources : found if lower(found.resource_group_name) == lower(var.resource_group_name)])

  name                = var.name
  resource_group_name = var.resource_group_name
}

locals {
  running = merge({}, [
    for cluster in data.azurerm_kubernetes_cluster.current :
    merge({ for pool in cluster.agent_pool_profile : "pool ${pool.name}" => pool.orchestrator_version }, { cluster = cluster.kubernetes_version })
  ]...)

  # Of the cluster and of each pool, which a patch reaches one after the other.
  patched = { for name, version in local.running : name => version if startswith(version, "${var.kubernetes_version}.") }
}
