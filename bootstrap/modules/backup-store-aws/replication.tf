# Replication to another region, if configured. Delete markers are replicated too; versions are not destroyed there
# either.

locals {
  replicated = { for key, store in local.stores : key => store if key == "replica" }
}

data "aws_iam_policy_document" "replication_trust" {
  for_each = local.replicated

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "replication" {
  for_each = local.replicated

  statement {
    sid       = "FindWhatIsNew"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [aws_s3_bucket.this["primary"].arn]
  }

  statement {
    sid = "Read"
    actions = [
      "s3:GetObjectLegalHold",
      "s3:GetObjectRetention",
      "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionForReplication",
      "s3:GetObjectVersionTagging",
    ]
    resources = ["${aws_s3_bucket.this["primary"].arn}/*"]
  }

  statement {
    sid       = "Write"
    actions   = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${aws_s3_bucket.this[each.key].arn}/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.this["primary"].arn]
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.this[each.key].arn]
  }
}

resource "aws_iam_role" "replication" {
  for_each = local.replicated

  name               = "${var.bucket}-copy"
  description        = "Copies ${var.bucket} to ${each.value.bucket}"
  assume_role_policy = data.aws_iam_policy_document.replication_trust[each.key].json
}

resource "aws_iam_role_policy" "replication" {
  for_each = local.replicated

  name   = "replication"
  role   = aws_iam_role.replication[each.key].id
  policy = data.aws_iam_policy_document.replication[each.key].json
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.replicated

  bucket = aws_s3_bucket_versioning.this["primary"].bucket
  role   = aws_iam_role.replication[each.key].arn

  rule {
    id       = "everything"
    status   = "Enabled"
    priority = 1

    filter {}

    delete_marker_replication {
      status = "Enabled"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = aws_s3_bucket.this[each.key].arn
      storage_class = "STANDARD_IA"

      encryption_configuration {
        replica_kms_key_id = aws_kms_key.this[each.key].arn
      }
    }
  }

  # Replication needs versioning and the role's permissions.
  depends_on = [aws_s3_bucket_object_lock_configuration.this, aws_iam_role_policy.replication]
}
