output "repository_urls" {
  description = "Repository URLs to push to, by image."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}
