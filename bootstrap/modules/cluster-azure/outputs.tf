locals {
  # The address of a public API server is Azure's to choose, and no attribute of the cluster.
  api_server_cidrs = var.private ? ["${cidrhost(var.service_cidr, 1)}/32", var.vnet_cidr] : []
}

output "cluster_name" {
  description = "The cluster that the other outputs are about."
  value       = var.cluster
}

output "facts" {
  description = "The fields of clusters/<name>/facts.json, each of which is an output of the root."
  value = {
    tenant_id              = module.aks.tenant_id
    subscription_id        = module.aks.subscription_id
    pod_cidr               = module.network.pod_cidr
    api_server_cidrs       = local.api_server_cidrs
    dns_zone_name          = module.dns.zone_name
    dns_resource_group     = module.dns.resource_group_name
    challenge_zone         = var.challenge_zone
    key_vault_url          = module.aks.key_vault_url
    backup_resource_group  = module.backup_store.resource_group_name
    backup_storage_account = module.backup_store.storage_account_name
    backup_container       = module.backup_store.container_name
    identity_client_ids    = module.identities.client_ids
    databases              = module.database.databases
  }
}
