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
  name                    = "example"
  github_subject_prefixes = ["repo:example/slipway"]
  environments            = ["production-eks"]
  state_bucket_arn        = "arn:aws:s3:::example-terraform-state"
  state_kms_key_arn       = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000004"
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

run "immutable_subjects" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example@1001/slipway@2002"]
  }

  assert {
    condition     = local.roles.apply.subjects == ["repo:example@1001/slipway@2002:environment:production-eks"]
    error_message = "Tokens with ids must be trusted by their ids."
  }
}

run "both_forms_while_a_repository_moves" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example/slipway", "repo:example@1001/slipway@2002"]
  }

  assert {
    condition     = length(local.roles.plan.subjects) == 4 && length(local.roles.apply.subjects) == 2
    error_message = "Each subject must be trusted in both forms."
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

run "rejects_a_subject_with_one_id" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example@1/slipway"]
  }

  expect_failures = [var.github_subject_prefixes]
}

run "rejects_any_repository_of_an_owner" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example/*"]
  }

  expect_failures = [var.github_subject_prefixes]
}

run "rejects_a_second_repository" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example/slipway", "repo:example/another"]
  }

  expect_failures = [var.github_subject_prefixes]
}
