# Roles that GitHub workflows assume with OIDC, without stored keys: a read-only one for plans, one that applies approved
# plans, and one that publishes images.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  issuer = "token.actions.githubusercontent.com"
  iam    = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}"

  # Ordered, as sets are.
  prefixes = tolist(var.github_subject_prefixes)

  roles = {
    plan = {
      description = "Plans what Terraform would change"
      # Pull requests from forks get no token.
      subjects = [for pair in setproduct(local.prefixes, ["pull_request", "ref:refs/heads/main"]) : join(":", pair)]
      policy   = data.aws_iam_policy_document.plan.json
    }
    apply = {
      description = "Applies Terraform's plans once they are approved"
      subjects    = [for pair in setproduct(local.prefixes, tolist(var.environments)) : join(":environment:", pair)]
      policy      = data.aws_iam_policy_document.apply.json
    }
    publish = {
      description = "Publishes images of what is on main"
      subjects    = [for prefix in local.prefixes : "${prefix}:ref:refs/heads/main"]
      policy      = data.aws_iam_policy_document.publish.json
    }
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = each.value.subjects
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${var.name}-terraform-${each.key}"
  description          = each.value.description
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 7200
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = each.value.policy
}
