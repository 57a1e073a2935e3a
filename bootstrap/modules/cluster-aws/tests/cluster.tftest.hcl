# The provider is mocked: checks that the modules fit together and return the cluster's facts.
mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["us-east-1a", "us-east-1b", "us-east-1c"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { region = "us-east-1" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "000000000000" }
  }

  mock_data "aws_eks_addon_version" {
    defaults = { version = "v8.3.0-eksbuild.1" }
  }
}

variables {
  cluster              = "production-eks"
  vpc_cidr             = "10.30.0.0/16"
  service_cidr         = "172.20.0.0/16"
  nat_per_zone         = true
  deletion_protection  = true
  images               = ["whoami"]
  backups              = { replica_region = "us-west-2" }
  challenge_zone       = null
  existing_zone        = null
  external_dns_deletes = false
  databases            = {}
}

run "facts" {
  command = plan

  assert {
    # Facts that are null are not written; the name of the cluster is an output of its own.
    condition     = setsubtract(keys(output.facts), ["challenge_zone", "databases"]) == setsubtract(keys(jsondecode(file("../../../clusters/production-eks/facts.json"))), ["cluster_name"])
    error_message = "The facts must have the fields of the cluster's facts.json."
  }

  assert {
    condition     = output.facts.region == "us-east-1" && output.facts.vpc_cidr == "10.30.0.0/16"
    error_message = "The facts must have the cluster's region and network."
  }
}

run "managed_database" {
  command = plan

  variables {
    databases = { postfacto = { class = "db.t4g.micro" } }
  }

  assert {
    condition     = output.facts.databases["postfacto"].user == "app" && length(output.facts.databases["postfacto"].cidrs) == 3
    error_message = "The facts must have the database, in subnets of its own."
  }
}
