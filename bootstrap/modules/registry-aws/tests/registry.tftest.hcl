# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {}

variables {
  name         = "example-production-eks"
  repositories = ["items", "whoami"]
}

run "immutable_tags" {
  command = plan

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : repository.image_tag_mutability == "IMMUTABLE" && repository.image_scanning_configuration[0].scan_on_push])
    error_message = "Tags must be immutable, and images must be scanned."
  }

  assert {
    condition     = sort([for repository in aws_ecr_repository.this : repository.name]) == tolist(["example-production-eks/items", "example-production-eks/whoami"])
    error_message = "Repositories must be named after the cluster and the image."
  }

  assert {
    condition     = alltrue([for policy in aws_ecr_lifecycle_policy.this : jsondecode(policy.policy).rules[*].selection.tagStatus == ["untagged"]])
    error_message = "Only untagged images may be removed."
  }
}

run "rejects_a_slash" {
  command = plan

  variables {
    repositories = ["apps/items"]
  }

  expect_failures = [var.repositories]
}
