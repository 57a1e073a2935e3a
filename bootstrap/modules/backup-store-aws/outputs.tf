output "bucket" {
  description = "Name of the bucket that backups go to, once it is locked and closed to the public."
  value       = aws_s3_bucket.this["primary"].bucket
  depends_on  = [aws_s3_bucket_object_lock_configuration.this, aws_s3_bucket_policy.this, aws_s3_bucket_public_access_block.this]
}

output "bucket_arn" {
  description = "ARN of the same bucket, for those who may use it."
  value       = aws_s3_bucket.this["primary"].arn
}

output "kms_key_arn" {
  description = "ARN of the key that backups are encrypted with."
  value       = aws_kms_key.this["primary"].arn
}
