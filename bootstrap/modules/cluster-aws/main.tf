# A cluster on AWS and everything needed before Argo CD takes over: the composition root of the modules.

data "aws_region" "current" {}

module "settings" {
  source  = "../settings"
  cluster = var.cluster
}

module "network" {
  source = "../network-aws"

  name               = module.settings.name
  cidr               = var.vpc_cidr
  nat_per_zone       = var.nat_per_zone
  log_retention_days = module.settings.log_retention_days
}

module "eks" {
  source = "../eks"

  name                = module.settings.name
  kubernetes_version  = module.settings.kubernetes_version
  subnet_ids          = module.network.private_subnet_ids
  service_cidr        = var.service_cidr
  operator_cidrs      = module.settings.operator_cidrs
  administrators      = module.settings.aws_administrators
  log_retention_days  = module.settings.log_retention_days
  deletion_protection = var.deletion_protection
}

module "dns" {
  source = "../dns-aws"

  name          = module.settings.name
  domain        = module.settings.domain
  existing_zone = var.existing_zone
}

module "registry" {
  source = "../registry-aws"

  name         = module.settings.name
  repositories = var.images
}

module "backup_store" {
  source = "../backup-store-aws"

  bucket         = "${module.settings.name}-backups"
  lock_mode      = var.backups.lock_mode
  lock_days      = var.backups.lock_days
  recovery_days  = var.backups.recovery_days
  replica_region = var.backups.replica_region
}

module "database" {
  source = "../database-aws"

  name                = module.settings.name
  vpc_id              = module.network.vpc_id
  vpc_cidr            = module.network.vpc_cidr
  zones               = module.network.zones
  deletion_protection = var.deletion_protection
  databases           = var.databases
}

module "identities" {
  source = "../identities-aws"

  name                 = module.settings.name
  cluster_name         = module.eks.name
  cluster_arn          = module.eks.arn
  zone_arn             = module.dns.zone_arn
  domain               = module.settings.domain
  challenge_zone       = var.challenge_zone
  external_dns_deletes = var.external_dns_deletes
  secret_prefix        = "${var.cluster}-"
  replica_region       = var.backups.replica_region
  backup_bucket_arn    = module.backup_store.bucket_arn
  backup_kms_key_arn   = module.backup_store.kms_key_arn
}

module "argocd" {
  source = "../argocd"

  cluster           = var.cluster
  dist              = module.settings.dist
  kubeconfig        = module.eks.kubeconfig
  argocd_version    = module.settings.argocd_version
  manifest_sha256   = module.settings.argocd_manifest_hashes
  high_availability = true

  # The secret <name>-repository in Secrets Manager, outside of the prefix that components can read.
  repository_credential = module.settings.repository_credential_version == null ? null : {
    command = [
      "aws", "secretsmanager", "get-secret-value", "--region", data.aws_region.current.region,
      "--secret-id", "${module.settings.name}-repository", "--query", "SecretString", "--output", "text",
    ]
    version = module.settings.repository_credential_version
  }

  # Components need their permissions when Argo CD starts them.
  depends_on = [module.identities.service_accounts]
}

# For manual follow-up; plans show changes, and `terraform state show` the current values.
resource "terraform_data" "for_people" {
  input = {
    delegate_domain_to = module.dns.delegation
    push_images_to     = module.registry.repository_urls
    argocd             = module.argocd.version
  }
}
