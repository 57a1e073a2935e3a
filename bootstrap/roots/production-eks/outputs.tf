# What clusters/production-eks/facts.json holds, no more and no less: `npx slipway facts production-eks` writes it.

output "region" {
  description = "AWS region."
  value       = module.platform.region
}

output "vpc_cidr" {
  description = "Addresses that pods may have, and the load balancer's."
  value       = module.platform.vpc_cidr
}

output "service_cidr" {
  description = "Addresses of Services, the cluster's DNS among them."
  value       = module.platform.service_cidr
}

output "hosted_zone_id" {
  description = "Id of the Route 53 zone of the cluster's domain."
  value       = module.platform.hosted_zone_id
}

output "backup_bucket" {
  description = "S3 bucket of the backups."
  value       = module.platform.backup_bucket
}

output "backup_kms_key_arn" {
  description = "KMS key that backups are encrypted with."
  value       = module.platform.backup_kms_key_arn
}
