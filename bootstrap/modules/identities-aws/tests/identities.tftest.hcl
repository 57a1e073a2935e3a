# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {
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
}

variables {
  name               = "example-production-eks"
  cluster_name       = "example-production-eks"
  cluster_arn        = "arn:aws:eks:us-east-1:000000000000:cluster/example-production-eks"
  zone_arn           = "arn:aws:route53:::hostedzone/Z0EXAMPLE0000000000"
  domain             = "us.example.com"
  challenge_zone     = null
  replica_region     = "us-west-2"
  secret_prefix      = "production-eks-"
  backup_bucket_arn  = "arn:aws:s3:::example-production-eks-backups"
  backup_kms_key_arn = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000003"
}

run "service_accounts" {
  command = plan

  assert {
    condition = keys(aws_eks_pod_identity_association.this) == [
      "cert-manager/cert-manager",
      "external-dns/external-dns",
      "external-secrets/external-secrets",
      "velero/node-agent",
      "velero/velero",
    ]
    error_message = "Exactly these ServiceAccounts must have roles."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : length(role.name) <= 64])
    error_message = "Role names are limited to 64 characters."
  }
}

run "least_privilege" {
  command = plan

  assert {
    condition     = length([for action in flatten(data.aws_iam_policy_document.velero.statement[*].actions) : action if strcontains(action, "Delete") && action != "s3:DeleteObject"]) == 0
    error_message = "Velero must not be able to destroy versions."
  }

  assert {
    condition     = length([for action in flatten(data.aws_iam_policy_document.external_secrets.statement[*].actions) : action if can(regex("Put|Update|Delete|List", action))]) == 0
    error_message = "External Secrets may only create and read secrets, not change, delete or list them."
  }

  assert {
    condition     = flatten(data.aws_iam_policy_document.external_secrets.statement[*].resources) == [for _ in range(3) : "arn:aws:secretsmanager:us-east-1:000000000000:secret:production-eks-*"]
    error_message = "External Secrets may access only its cluster's secrets."
  }

  assert {
    condition     = alltrue([for statement in concat(data.aws_iam_policy_document.cert_manager.statement, data.aws_iam_policy_document.external_dns.statement) : tolist(statement.resources) == tolist([var.zone_arn]) if contains(statement.actions, "route53:ChangeResourceRecordSets")])
    error_message = "Records may be written only in the cluster's zone."
  }

  assert {
    condition     = !contains(flatten(data.aws_iam_policy_document.external_dns.statement[0].condition[*].values), "DELETE")
    error_message = "external-dns may delete records only if external_dns_deletes is true."
  }
}

run "secrets_are_copied_to_the_region_of_the_copied_backups_alone" {
  command = plan

  assert {
    condition = [for statement in data.aws_iam_policy_document.external_secrets.statement : flatten(statement.condition[*].values)
    if contains(statement.actions, "secretsmanager:ReplicateSecretToRegions")] == [["us-west-2"]]
    error_message = "The copies may be made in that region only."
  }
}

run "secrets_are_not_copied_without_such_a_region" {
  command = plan

  variables {
    replica_region = null
  }

  assert {
    condition     = !contains(flatten(data.aws_iam_policy_document.external_secrets.statement[*].actions), "secretsmanager:ReplicateSecretToRegions")
    error_message = "There must be no right to copy secrets."
  }
}

run "challenges_in_a_zone_of_their_own" {
  command = plan

  variables {
    challenge_zone = { name = "acme.example.org", id = "Z0ACME" }
  }

  assert {
    condition     = tolist(data.aws_iam_policy_document.cert_manager.statement[0].resources) == tolist(["arn:aws:route53:::hostedzone/Z0ACME"])
    error_message = "cert-manager may then write to that zone alone."
  }
}

run "external_dns_deletes" {
  command = plan

  variables {
    external_dns_deletes = true
  }

  assert {
    condition     = contains(flatten(data.aws_iam_policy_document.external_dns.statement[0].condition[*].values), "DELETE")
    error_message = "With external_dns_deletes, external-dns must be able to delete records."
  }
}

run "rejects_a_prefix_without_hyphen" {
  command = plan

  variables {
    secret_prefix = "production"
  }

  expect_failures = [var.secret_prefix]
}
