# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_region" {
    defaults = { region = "us-east-1" }
  }
}

variables {
  bucket = "example-production-eks-backups"
}

run "object_lock" {
  command = plan

  assert {
    condition     = tomap({ for key, bucket in aws_s3_bucket.this : key => bucket.bucket }) == tomap({ primary = "example-production-eks-backups" })
    error_message = "There must be one bucket with the given name."
  }

  assert {
    condition     = aws_s3_bucket.this["primary"].object_lock_enabled && aws_s3_bucket_object_lock_configuration.this["primary"].rule[0].default_retention[0].days == 30
    error_message = "Objects must be locked for 30 days."
  }

  assert {
    condition     = aws_s3_bucket_versioning.this["primary"].versioning_configuration[0].status == "Enabled"
    error_message = "Deleted objects must be recoverable."
  }
}

run "replication" {
  command = plan

  variables {
    replica_region = "us-west-2"
  }

  assert {
    condition     = tomap({ for key, bucket in aws_s3_bucket.this : bucket.bucket => bucket.region }) == tomap({ example-production-eks-backups = "us-east-1", example-production-eks-backups-replica = "us-west-2" })
    error_message = "There must be a bucket in each region."
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this["replica"].rule[0].default_retention[0].mode == "GOVERNANCE" && aws_kms_key.this["replica"].region == "us-west-2"
    error_message = "The replica must be locked and encrypted as well."
  }

  assert {
    condition     = length(aws_s3_bucket_replication_configuration.this) == 1
    error_message = "Backups must be replicated."
  }
}

run "rejects_an_unknown_lock_mode" {
  command = plan

  variables {
    lock_mode = "LEGAL"
  }

  expect_failures = [var.lock_mode]
}

run "rejects_a_short_recovery_period" {
  command = plan

  variables {
    recovery_days = 1
  }

  expect_failures = [var.recovery_days]
}
