# What all other roots on AWS need first: a place for their states, and roles for the workflows that run them. An
# administrator applies it by hand, since no workflow may change its own rights. Its own state begins as a file on the
# machine where it is first applied: see the README.

locals {
  backend = file("${path.root}/../s3.tfbackend")
  state   = { for line in regexall("(?m)^(\\w+) *= *\"(.+)\"$", local.backend) : line[0] => line[1] }
}

module "settings" {
  source = "../../modules/settings"
}

module "remote_state" {
  source = "../../modules/remote-state-aws"

  bucket = local.state.bucket
}

module "workflows" {
  source = "../../modules/workflows-aws"

  name              = module.settings.name
  github_repository = module.settings.github_repository
  environments      = ["production-eks"]
  state_bucket_arn  = module.remote_state.bucket_arn
  state_kms_key_arn = module.remote_state.kms_key_arn
}
