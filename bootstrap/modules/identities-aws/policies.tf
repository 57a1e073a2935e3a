# Permissions of each component: exactly the API calls that it makes.

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # Which names CNAME records lead to is up to people, so all of a zone for challenges.
  challenges = var.challenge_zone == null ? {
    zone_arn = var.zone_arn
    names    = ["_acme-challenge.${var.domain}", "_acme-challenge.*.${var.domain}"]
    } : {
    zone_arn = "arn:${data.aws_partition.current.partition}:route53:::hostedzone/${var.challenge_zone.id}"
    names    = [var.challenge_zone.name, "*.${var.challenge_zone.name}"]
  }

  secrets = "arn:${data.aws_partition.current.partition}:secretsmanager:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:secret"
}

# Solves DNS-01 challenges with TXT records at _acme-challenge and waits for their propagation. The zone's id is
# configured.
data "aws_iam_policy_document" "cert_manager" {
  statement {
    sid       = "WriteChallengeRecords"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = [local.challenges.zone_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["TXT"]
    }

    condition {
      test     = "ForAllValues:StringLike"
      variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
      values   = local.challenges.names
    }
  }

  statement {
    sid       = "WaitForRecords"
    actions   = ["route53:GetChange"]
    resources = ["arn:${data.aws_partition.current.partition}:route53:::change/*"]
  }
}

# Writes host records, each with a TXT record that marks its owner.
data "aws_iam_policy_document" "external_dns" {
  statement {
    sid       = "WriteRecords"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = [var.zone_arn]

    # Neither NS nor CAA records.
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "route53:ChangeResourceRecordSetsRecordTypes"
      values   = ["A", "AAAA", "CNAME", "TXT"]
    }

    # The zone may hold other domains. A wildcard record is \052.<domain> here.
    condition {
      test     = "ForAllValues:StringLike"
      variable = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
      values   = [var.domain, "*.${var.domain}"]
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

  # Finds its zone in the list of all zones, which cannot be restricted to one.
  statement {
    sid       = "FindZone"
    actions   = ["route53:ListHostedZones"]
    resources = ["*"]
  }
}

# Reads the cluster's secrets and creates missing ones. Can neither change nor delete any: a password is generated once
# (docs/decisions/0004).
data "aws_iam_policy_document" "external_secrets" {
  statement {
    sid       = "ReadSecrets"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = ["${local.secrets}:${var.secret_prefix}*"]
  }

  # Tags the secrets that it creates.
  statement {
    sid       = "CreateSecrets"
    actions   = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]
    resources = ["${local.secrets}:${var.secret_prefix}*"]
  }

  # Has them copied to the region of the copied backups, which cannot be read without them.
  dynamic "statement" {
    for_each = var.replica_region == null ? [] : [var.replica_region]

    content {
      sid       = "CopySecrets"
      actions   = ["secretsmanager:ReplicateSecretToRegions"]
      resources = ["${local.secrets}:${var.secret_prefix}*"]

      condition {
        test     = "ForAllValues:StringEquals"
        variable = "secretsmanager:AddReplicaRegions"
        values   = [statement.value]
      }
    }
  }
}

# Writes and reads backups. Deleting without a version id only adds a delete marker; the backup format does so routinely
# for markers of ended sessions. It cannot destroy a version.
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
    sid       = "AddDeleteMarkers"
    actions   = ["s3:DeleteObject"]
    resources = ["${var.backup_bucket_arn}/*"]
  }

  statement {
    sid       = "EncryptAndDecryptBackups"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.backup_kms_key_arn]
  }
}
