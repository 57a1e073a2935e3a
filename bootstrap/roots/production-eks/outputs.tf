# clusters/production-eks/facts.json, field by field.
output "cluster_name" {
  description = "The cluster that the other outputs are about."
  value       = module.cluster.cluster_name
}

output "region" {
  description = "AWS region."
  value       = module.cluster.facts.region
}

output "vpc_cidr" {
  description = "CIDR block of pods and load balancers."
  value       = module.cluster.facts.vpc_cidr
}

output "service_cidr" {
  description = "CIDR block of Services, which includes the cluster's DNS."
  value       = module.cluster.facts.service_cidr
}

output "dns_zone_name" {
  description = "Name of the DNS zone."
  value       = module.cluster.facts.dns_zone_name
}

output "hosted_zone_id" {
  description = "Id of the Route 53 zone of the cluster's domain."
  value       = module.cluster.facts.hosted_zone_id
}

output "challenge_zone" {
  description = "Zone that challenges are delegated to; null for none."
  value       = module.cluster.facts.challenge_zone
}

output "backup_bucket" {
  description = "S3 bucket of the backups."
  value       = module.cluster.facts.backup_bucket
}

output "backup_replica_region" {
  description = "Region that backups and secrets are copied to; null for none."
  value       = module.cluster.facts.backup_replica_region
}

output "backup_kms_key_arn" {
  description = "KMS key that backups are encrypted with."
  value       = module.cluster.facts.backup_kms_key_arn
}

output "databases" {
  description = "Managed databases by the component that each is for; null for none."
  value       = module.cluster.facts.databases
}
