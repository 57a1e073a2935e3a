# What comes before all other roots on AWS: where their states lie, and the roles of the workflows that apply them. It is
# applied by hand, by an administrator of the account: no workflow may change its own rights.

module "settings" {
  source = "../../modules/settings"
}

module "state" {
  source = "../../modules/remote-state-aws"

  bucket = "${module.settings.name}-terraform-state"
}

module "workflows" {
  source = "../../modules/workflows-aws"

  name              = module.settings.name
  github_repository = module.settings.github_repository
  environments      = ["production-eks"]
  state_bucket_arn  = module.state.bucket_arn
  state_kms_key_arn = module.state.kms_key_arn
}
