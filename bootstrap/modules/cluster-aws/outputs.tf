output "cluster_name" {
  description = "The cluster that the other outputs are about."
  value       = var.cluster
}

output "facts" {
  description = "The fields of clusters/<name>/facts.json, each of which is an output of the root."
  value = {
    region                = data.aws_region.current.region
    vpc_cidr              = module.network.vpc_cidr
    service_cidr          = module.eks.service_cidr
    dns_zone_name         = module.dns.zone_name
    hosted_zone_id        = module.dns.zone_id
    challenge_zone        = var.challenge_zone
    backup_bucket         = module.backup_store.bucket
    backup_replica_region = var.backups.replica_region
    backup_kms_key_arn    = module.backup_store.kms_key_arn
    databases             = module.database.databases
  }
}
