# All that a cluster on AWS needs before Git can take over. Roots give what tells their clusters apart.

data "aws_region" "current" {}

module "network" {
  source = "../network-aws"

  name               = var.name
  cidr               = var.vpc_cidr
  nat_per_zone       = var.nat_per_zone
  log_retention_days = var.log_retention_days
}

module "eks" {
  source = "../eks"

  name               = var.name
  kubernetes_version = var.kubernetes_version
  subnet_ids         = module.network.private_subnet_ids
  service_cidr       = var.service_cidr
  operator_cidrs     = var.operator_cidrs
  administrators     = var.administrators
  log_retention_days = var.log_retention_days
}

module "dns" {
  source = "../dns-aws"

  name   = var.name
  domain = var.domain
}

module "registry" {
  source = "../registry-aws"

  name         = var.name
  repositories = var.images
}

module "backup_store" {
  source = "../backup-store-aws"

  bucket         = "${var.name}-backups"
  replica_region = var.backup_replica_region
}

module "identities" {
  source = "../identities-aws"

  name                 = var.name
  cluster_name         = module.eks.name
  cluster_arn          = module.eks.arn
  zone_arn             = module.dns.zone_arn
  external_dns_deletes = var.external_dns_deletes
  secret_prefix        = "${var.cluster}-"
  backup_bucket_arn    = module.backup_store.bucket_arn
  backup_kms_key_arn   = module.backup_store.kms_key_arn
}

# What people must know and facts.json does not hold: `terraform state show module.platform.terraform_data.notes`.
resource "terraform_data" "notes" {
  input = {
    name_servers = module.dns.name_servers
    repositories = module.registry.repository_urls
  }
}
