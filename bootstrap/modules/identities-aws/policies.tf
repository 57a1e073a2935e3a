# What each component may do, by the calls that it makes.

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  secrets = "arn:${data.aws_partition.current.partition}:secretsmanager:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:secret"
}

# Proves names by TXT records at _acme-challenge, and waits until they are served. It is told the zone's id.
data "aws_iam_policy_document" "cert_manager" {
  statement {
    sid       = "ProveNames"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = [var.zone_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["TXT"]
    }

    condition {
      test     = "ForAllValues:StringLike"
      variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
      values   = ["_acme-challenge.*"]
    }
  }

  statement {
    sid       = "WaitForRecords"
    actions   = ["route53:GetChange"]
    resources = ["arn:${data.aws_partition.current.partition}:route53:::change/*"]
  }
}

# Writes addresses, and beside each a TXT record that marks it as the cluster's own.
data "aws_iam_policy_document" "external_dns" {
  statement {
    sid       = "WriteRecords"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = [var.zone_arn]

    # Neither the delegation nor who may issue certificates.
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["A", "AAAA", "CNAME", "TXT"]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsActions"
      values   = var.external_dns_deletes ? ["CREATE", "UPSERT", "DELETE"] : ["CREATE", "UPSERT"]
    }
  }

  statement {
    sid       = "ReadRecords"
    actions   = ["route53:ListResourceRecordSets"]
    resources = [var.zone_arn]
  }

  # It finds its zone in the list of all of them, which cannot be narrowed.
  statement {
    sid       = "FindZone"
    actions   = ["route53:ListHostedZones"]
    resources = ["*"]
  }
}

# Reads the cluster's secrets, and makes those that are missing. It can neither change nor delete one: a password is
# generated once (docs/decisions/0004).
data "aws_iam_policy_document" "external_secrets" {
  statement {
    sid       = "ReadSecrets"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = ["${local.secrets}:${var.secret_prefix}*"]
  }

  # It marks with a tag what it makes.
  statement {
    sid       = "MakeSecrets"
    actions   = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]
    resources = ["${local.secrets}:${var.secret_prefix}*"]
  }
}

# Writes backups and reads them. Deleting without naming a version only hides an object, and its backup format does so
# all the time, with the marks of sessions that have ended; destroying a version is beyond it.
data "aws_iam_policy_document" "velero" {
  statement {
    sid       = "ListBackups"
    actions   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.backup_bucket_arn]
  }

  statement {
    sid = "WriteAndReadBackups"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:GetObject",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ]
    resources = ["${var.backup_bucket_arn}/*"]
  }

  statement {
    sid       = "HideBackups"
    actions   = ["s3:DeleteObject"]
    resources = ["${var.backup_bucket_arn}/*"]
  }

  statement {
    sid       = "EncryptAndDecryptBackups"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.backup_kms_key_arn]
  }
}
