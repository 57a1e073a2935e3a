# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "000000000000" }
  }
}

variables {
  name              = "example"
  github_repository = "example/slipway"
  environments      = ["production-eks"]
  state_bucket_arn  = "arn:aws:s3:::example-terraform-state"
  state_kms_key_arn = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000004"
}

run "trusted_subjects" {
  command = plan

  assert {
    condition     = local.roles.apply.subjects == ["repo:example/slipway:environment:production-eks"]
    error_message = "Only jobs of the environment may apply."
  }

  assert {
    condition     = alltrue([for subject in local.roles.plan.subjects : startswith(subject, "repo:example/slipway:")])
    error_message = "Only this repository's workflows may plan."
  }
}

run "plan_is_read_only" {
  command = plan

  assert {
    condition     = alltrue([for action in data.aws_iam_policy_document.plan.statement[0].actions : can(regex(":(Get|List|Describe)", action))]) && !contains(data.aws_iam_policy_document.plan.statement[0].actions, "s3:GetObject")
    error_message = "The plan role must only read configuration."
  }
}

run "rejects_a_wildcard_environment" {
  command = plan

  variables {
    environments = ["*"]
  }

  expect_failures = [var.environments]
}
