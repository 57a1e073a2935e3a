output "bucket_arn" {
  description = "ARN of the bucket, for those who may read and write states."
  value       = aws_s3_bucket.this.arn
}

output "kms_key_arn" {
  description = "ARN of the key that states are encrypted with."
  value       = aws_kms_key.this.arn
}

output "bucket" {
  description = "Name of the bucket, once it is closed to the public and keeps versions."
  value       = aws_s3_bucket_versioning.this.bucket
  depends_on  = [aws_s3_bucket_policy.this, aws_s3_bucket_public_access_block.this]
}
