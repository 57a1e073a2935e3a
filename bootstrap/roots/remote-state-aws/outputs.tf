output "role_arns" {
  description = "Roles for the repository's variables: AWS_PLAN_ROLE, AWS_APPLY_ROLE and AWS_PUBLISH_ROLE."
  value       = module.workflows.role_arns
}
