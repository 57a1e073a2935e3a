# One IAM role per component that calls AWS, bound to its ServiceAccounts by EKS Pod Identity, without keys or
# annotations. The names match charts/; the permissions are in policies.tf.

locals {
  components = {
    cert-manager     = { service_accounts = ["cert-manager"], policy = data.aws_iam_policy_document.cert_manager.json }
    external-dns     = { service_accounts = ["external-dns"], policy = data.aws_iam_policy_document.external_dns.json }
    external-secrets = { service_accounts = ["external-secrets"], policy = data.aws_iam_policy_document.external_secrets.json }
    velero           = { service_accounts = ["velero", "node-agent"], policy = data.aws_iam_policy_document.velero.json }
  }

  # A component's namespace has the component's name.
  service_accounts = merge([
    for component, identity in local.components : {
      for account in identity.service_accounts : "${component}/${account}" => { namespace = component, name = account }
    }
  ]...)
}

data "aws_iam_policy_document" "trust" {
  for_each = local.components

  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    # Without these conditions anyone who can create associations in the account could give the role to other pods.
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/eks-cluster-arn"
      values   = [var.cluster_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = [each.key]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = each.value.service_accounts
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.components

  name               = "${var.name}-${each.key}"
  description        = "${each.key} in ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

resource "aws_iam_role_policy" "this" {
  for_each = local.components

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = each.value.policy
}

resource "aws_eks_pod_identity_association" "this" {
  for_each = local.service_accounts

  cluster_name    = var.cluster_name
  namespace       = each.value.namespace
  service_account = each.value.name
  role_arn        = aws_iam_role.this[each.value.namespace].arn
  tags            = { Name = "${var.name}-${each.value.name}" }

  # A pod that starts before its role has permissions fails until its next retry.
  depends_on = [aws_iam_role_policy.this]
}
