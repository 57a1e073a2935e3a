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
  image_registry          = "ghcr.io/example/slipway"
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

  assert {
    condition     = local.roles.publish.subjects == ["repo:example/slipway:ref:refs/heads/main"]
    error_message = "Only workflows on main may publish images."
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
    condition     = length(local.roles.plan.subjects) == 4 && length(local.roles.apply.subjects) == 2 && length(local.roles.publish.subjects) == 2
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

run "publishes_nothing_elsewhere" {
  command = plan

  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.publish.statement : tolist(statement.actions)]) == ["ecr:GetAuthorizationToken"]
    error_message = "With a registry elsewhere, who publishes may do nothing in ECR."
  }
}

run "publishes_to_the_repositories_of_the_registry" {
  command = plan

  variables {
    image_registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/example-production-eks"
  }

  assert {
    condition     = data.aws_iam_policy_document.publish.statement[1].resources == toset(["arn:aws:ecr:eu-west-1:111122223333:repository/example-production-eks/*"])
    error_message = "Who publishes may push to the repositories of the registry alone."
  }

  assert {
    condition     = alltrue([for action in flatten([for statement in data.aws_iam_policy_document.publish.statement : statement.actions]) : can(regex("^ecr:(Batch(CheckLayerAvailability|GetImage)|CompleteLayerUpload|Get(AuthorizationToken|DownloadUrlForLayer)|InitiateLayerUpload|PutImage|UploadLayerPart)$", action))])
    error_message = "Who publishes may push and read images: no wildcard, and nothing that deletes, makes repositories or changes their policies."
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
