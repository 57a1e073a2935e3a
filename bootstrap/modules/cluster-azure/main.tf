# A cluster on Azure and everything needed before Argo CD takes over: the composition root of the modules.

module "settings" {
  source  = "../settings"
  cluster = var.cluster
}

module "network" {
  source = "../network-azure"

  name               = module.settings.name
  location           = var.location
  tags               = module.settings.tags
  vnet_cidr          = var.vnet_cidr
  pod_cidr           = var.pod_cidr
  zones              = var.zones
  nat_per_zone       = var.nat_per_zone
  log_retention_days = module.settings.log_retention_days
}

module "aks" {
  source = "../aks"

  name                       = module.settings.name
  location                   = var.location
  tags                       = module.settings.tags
  resource_group_name        = module.network.resource_group_name
  subnet_ids                 = module.network.subnet_ids
  pod_cidr                   = module.network.pod_cidr
  service_cidr               = var.service_cidr
  egress_cidrs               = module.network.egress_cidrs
  operator_cidrs             = module.settings.operator_cidrs
  private                    = var.private
  kubernetes_version         = module.settings.kubernetes_version
  sku_tier                   = var.sku_tier
  system_pool                = var.system_pool
  apps_pool                  = var.apps_pool
  host_encryption            = var.host_encryption
  maintenance                = module.settings.maintenance
  admin_group_id             = module.settings.azure_admin_group_id
  log_analytics_workspace_id = module.network.log_analytics_workspace_id
}

module "dns" {
  source = "../dns-azure"

  name           = module.settings.name
  location       = var.location
  tags           = module.settings.tags
  domain         = module.settings.domain
  existing_zone  = var.existing_zone
  challenge_zone = var.challenge_zone
  parent_zone    = var.parent_zone
}

module "registry" {
  source = "../registry-azure"

  name                = module.settings.name
  location            = var.location
  tags                = module.settings.tags
  resource_group_name = module.network.resource_group_name
  sku                 = var.registry.sku
  geo_replications    = var.registry.geo_replications
  pullers             = { nodes = module.aks.kubelet_object_id }
  image_registry      = module.settings.image_registry
  publisher           = module.settings.azure_publish_principal_id
}

module "backup_store" {
  source = "../backup-store-azure"

  name            = module.settings.name
  location        = var.location
  tags            = module.settings.tags
  replication     = var.backups.replication
  locked_days     = var.backups.locked_days
  locked_for_good = var.backups.locked_for_good
  subnet_ids      = values(module.network.subnet_ids)
  operator_cidrs  = module.settings.operator_cidrs
}

module "database" {
  source = "../database-azure"

  name                 = module.settings.name
  location             = var.location
  tags                 = module.settings.tags
  resource_group_name  = module.network.resource_group_name
  virtual_network_name = module.network.virtual_network_name
  virtual_network_id   = module.network.virtual_network_id
  vnet_cidr            = var.vnet_cidr
  databases            = var.databases
}

module "identities" {
  source = "../identities-azure"

  name                 = module.settings.name
  location             = var.location
  tags                 = module.settings.tags
  resource_group_name  = module.network.resource_group_name
  resource_group_id    = module.network.resource_group_id
  oidc_issuer_url      = module.aks.oidc_issuer_url
  key_vault_id         = module.aks.key_vault_id
  external_dns_deletes = var.external_dns_deletes

  dns = {
    zone_id           = module.dns.zone_id
    resource_group_id = module.dns.resource_group_id
    challenges        = module.dns.challenges
  }

  backups = {
    container_id       = module.backup_store.container_id
    storage_account_id = module.backup_store.storage_account_id
    resource_group_id  = module.backup_store.resource_group_id
  }
}

module "argocd" {
  source = "../argocd"

  cluster           = var.cluster
  dist              = module.settings.dist
  kubeconfig        = module.aks.kubeconfig
  argocd_version    = module.settings.argocd_version
  manifest_sha256   = module.settings.argocd_manifest_hashes
  high_availability = true

  repository_credential = module.settings.repository_credential_version == null ? null : {
    command = module.aks.repository_credential_command
    version = module.settings.repository_credential_version
  }

  # Components need their permissions when Argo CD starts them.
  depends_on = [module.identities.client_ids]
}

# For manual follow-up; plans show changes, and `terraform state show` the current values.
resource "terraform_data" "for_people" {
  input = {
    delegate_domain_to = module.dns.delegation
    push_images_to     = module.registry.login_server
    argocd             = module.argocd.version
  }
}
