# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  bucket = "example-terraform-state"
}

run "recoverable_and_private" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled" && aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration[0].newer_noncurrent_versions == 10
    error_message = "Earlier versions must be recoverable."
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "Public access to the bucket must be blocked."
  }
}

run "rejects_a_short_recovery_period" {
  command = plan

  variables {
    recovery_days = 7
  }

  expect_failures = [var.recovery_days]
}
