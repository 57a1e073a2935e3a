output "region" {
  description = "Region of the cluster, its secrets and its backups."
  value       = data.aws_region.current.region
}

output "vpc_cidr" {
  description = "Addresses that nodes and pods have."
  value       = module.network.vpc_cidr
}

output "service_cidr" {
  description = "Addresses of Services."
  value       = module.eks.service_cidr
}

output "hosted_zone_id" {
  description = "Id of the zone of the cluster's domain."
  value       = module.dns.zone_id
}

output "backup_bucket" {
  description = "Bucket that backups go to."
  value       = module.backup_store.bucket
}

output "backup_kms_key_arn" {
  description = "ARN of the key that backups are encrypted with."
  value       = module.backup_store.kms_key_arn
}

output "kubeconfig" {
  description = "Text of a kubeconfig without a secret, once the cluster has all that its components need of AWS."
  value       = module.eks.kubeconfig
  depends_on  = [module.identities, module.backup_store]
}

output "repository_credential_command" {
  description = "Prints the credential of a private repository: the secret <name>-repository in Secrets Manager."
  value = [
    "aws", "secretsmanager", "get-secret-value", "--region", data.aws_region.current.region,
    "--secret-id", "${var.name}-repository", "--query", "SecretString", "--output", "text",
  ]
}
