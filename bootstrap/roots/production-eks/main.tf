# Production in North America, on AWS.

module "settings" {
  source = "../../modules/settings"

  cluster = "production-eks"
}

module "platform" {
  source = "../../modules/platform-aws"

  cluster               = "production-eks"
  name                  = module.settings.name
  domain                = module.settings.domain
  kubernetes_version    = module.settings.kubernetes_version
  vpc_cidr              = "10.30.0.0/16"
  service_cidr          = "172.20.0.0/16"
  operator_cidrs        = module.settings.operator_cidrs
  administrators        = module.settings.aws_administrators
  log_retention_days    = module.settings.log_retention_days
  backup_replica_region = "us-west-2"
}

module "argocd" {
  source = "../../modules/argocd"

  cluster        = "production-eks"
  dist           = module.settings.dist
  kubeconfig     = module.platform.kubeconfig
  argocd_version = module.settings.argocd_version

  repository_credential = module.settings.repository_credential_version == null ? null : {
    command = module.platform.repository_credential_command
    version = module.settings.repository_credential_version
  }
}
