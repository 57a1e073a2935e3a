output "bucket" {
  description = "Name of the bucket for backups, available once object lock and the public access block are in place."
  value       = aws_s3_bucket.this["primary"].bucket
  depends_on  = [aws_s3_bucket_object_lock_configuration.this, aws_s3_bucket_policy.this, aws_s3_bucket_public_access_block.this]
}

output "bucket_arn" {
  description = "ARN of the bucket, for IAM policies."
  value       = aws_s3_bucket.this["primary"].arn
}

output "kms_key_arn" {
  description = "ARN of the key that backups are encrypted with."
  value       = aws_kms_key.this["primary"].arn
}
