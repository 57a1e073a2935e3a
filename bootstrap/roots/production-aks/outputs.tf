# clusters/production-aks/facts.json, field by field.
output "cluster_name" {
  description = "The cluster that the other outputs are about."
  value       = module.cluster.cluster_name
}

output "tenant_id" {
  description = "The Entra ID tenant."
  value       = module.cluster.facts.tenant_id
}

output "subscription_id" {
  description = "The subscription of the cluster."
  value       = module.cluster.facts.subscription_id
}

output "pod_cidr" {
  description = "CIDR block of pods."
  value       = module.cluster.facts.pod_cidr
}

output "api_server_cidrs" {
  description = "Addresses of the API server and of its Service; none if it is public."
  value       = module.cluster.facts.api_server_cidrs
}

output "dns_zone_name" {
  description = "Name of the DNS zone."
  value       = module.cluster.facts.dns_zone_name
}

output "dns_resource_group" {
  description = "Resource group of the DNS zone."
  value       = module.cluster.facts.dns_resource_group
}

output "challenge_zone" {
  description = "Zone that challenges are delegated to; null for none."
  value       = module.cluster.facts.challenge_zone
}

output "key_vault_url" {
  description = "URL of the Key Vault with the cluster's secrets."
  value       = module.cluster.facts.key_vault_url
}

output "backup_resource_group" {
  description = "Resource group of the backups."
  value       = module.cluster.facts.backup_resource_group
}

output "backup_storage_account" {
  description = "Storage account of the backups."
  value       = module.cluster.facts.backup_storage_account
}

output "backup_container" {
  description = "Container of the backups."
  value       = module.cluster.facts.backup_container
}

output "identity_client_ids" {
  description = "Client id of the managed identity of each component that calls Azure."
  value       = module.cluster.facts.identity_client_ids
}

output "databases" {
  description = "Managed databases by the component that each is for; null for none."
  value       = module.cluster.facts.databases
}
