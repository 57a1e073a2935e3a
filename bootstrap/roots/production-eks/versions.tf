terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.69.1"
    }
  }
}

provider "aws" {
  region = "us-east-1"
  # Fails when signed in to another account.
  allowed_account_ids = [module.settings.aws_account_id]

  default_tags {
    tags = module.settings.tags
  }
}
