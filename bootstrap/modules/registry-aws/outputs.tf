output "repository_urls" {
  description = "Where to push each image to, by the last part of its name."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}
