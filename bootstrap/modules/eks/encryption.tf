# The key of the Secrets in etcd. Without it the cluster is lost, hence the 30-day deletion window.

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "secrets" {
  # IAM policies of the account control who administers the key.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  statement {
    sid       = "ControlPlane"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey", "kms:ListGrants", "kms:CreateGrant"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.cluster.arn]
    }
  }
}

resource "aws_kms_key" "secrets" {
  description             = "Secrets of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_key_policy" "secrets" {
  key_id = aws_kms_key.secrets.key_id
  policy = data.aws_iam_policy_document.secrets.json
}

resource "aws_kms_alias" "secrets" {
  name          = "alias/${var.name}/secrets"
  target_key_id = aws_kms_key.secrets.key_id
}
