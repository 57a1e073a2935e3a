# Prerequisites of all other roots on AWS: the state bucket and the workflows' roles. An administrator applies it by
# hand, because workflows must not change their own permissions. Its own state starts as a local file: see the README.

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

  name                    = module.settings.name
  github_subject_prefixes = module.settings.github_subject_prefixes
  environments            = ["production-eks"]
  image_registry          = module.settings.image_registry
  state_bucket_arn        = module.remote_state.bucket_arn
  state_kms_key_arn       = module.remote_state.kms_key_arn
}
