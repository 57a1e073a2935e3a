# Prerequisites of all other roots on Azure: the state's storage account and the workflows' identities. Its own state
# starts as a local file: see the README.

locals {
  backend = file("${path.root}/../azurerm.tfbackend")
  state   = { for line in regexall("(?m)^(\\w+) *= *\"(.+)\"$", local.backend) : line[0] => line[1] }
}

module "settings" {
  source = "../../modules/settings"
}

module "remote_state" {
  source = "../../modules/remote-state-azure"

  resource_group_name  = local.state.resource_group_name
  storage_account_name = local.state.storage_account_name
  container_name       = local.state.container_name
  location             = "westeurope"
  recovery_days        = 90
  operator_cidrs       = module.settings.operator_cidrs
  admin_group_id       = module.settings.azure_admin_group_id
  tags                 = module.settings.tags
}

module "workflows" {
  source = "../../modules/workflows-azure"

  name                    = module.settings.name
  location                = "westeurope"
  resource_group_name     = module.remote_state.resource_group_name
  github_subject_prefixes = module.settings.github_subject_prefixes
  environments            = ["staging-aks", "production-aks"]
  subscription_ids        = module.settings.azure_subscription_ids
  state_scope             = module.remote_state.resource_group_id
  tags                    = module.settings.tags
}
