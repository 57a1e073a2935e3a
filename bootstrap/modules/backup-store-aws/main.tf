# The store of Velero's backups, outside of the cluster's control. Deleting an object only adds a delete marker,
# noncurrent versions are retained, and new versions are locked.

data "aws_region" "current" {}

locals {
  stores = merge(
    { primary = { bucket = var.bucket, region = data.aws_region.current.region } },
    var.replica_region == null ? {} : { replica = { bucket = "${var.bucket}-replica", region = var.replica_region } },
  )
}

resource "aws_kms_key" "this" {
  for_each = local.stores

  region                  = each.value.region
  description             = "Backups in ${each.value.bucket}"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  # Backups outlive the cluster and are unreadable without their key.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "this" {
  for_each = local.stores

  region        = each.value.region
  name          = "alias/${each.value.bucket}"
  target_key_id = aws_kms_key.this[each.key].key_id
}

resource "aws_s3_bucket" "this" {
  for_each = local.stores

  region              = each.value.region
  bucket              = each.value.bucket
  object_lock_enabled = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.stores

  region = each.value.region
  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  for_each = local.stores

  region = each.value.region
  bucket = aws_s3_bucket_versioning.this[each.key].bucket

  rule {
    default_retention {
      mode = var.lock_mode
      days = var.lock_days
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.stores

  region = each.value.region
  bucket = aws_s3_bucket.this[each.key].id

  rule {
    # Fewer calls to KMS.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this[each.key].arn
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.stores

  region = each.value.region
  bucket = aws_s3_bucket.this[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.stores

  region                  = each.value.region
  bucket                  = aws_s3_bucket.this[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.stores

  region = each.value.region
  bucket = aws_s3_bucket_versioning.this[each.key].bucket

  # Velero expires backups; this removes noncurrent versions of what it deleted.
  rule {
    id     = "remove-what-was-deleted"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      noncurrent_days = var.recovery_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.stores

  statement {
    sid       = "OnlyEncryptedConnections"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  # Backups are destroyed only by expiry. To destroy one earlier, change this policy first, which CloudTrail records.
  statement {
    sid    = "DenyDestroyingBackups"
    effect = "Deny"
    actions = [
      "s3:BypassGovernanceRetention",
      "s3:DeleteBucket",
      "s3:DeleteObjectVersion",
    ]
    resources = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = local.stores

  region = each.value.region
  bucket = aws_s3_bucket.this[each.key].id
  policy = data.aws_iam_policy_document.bucket[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.this]
}
