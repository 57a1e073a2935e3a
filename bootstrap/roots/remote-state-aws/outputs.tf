output "role_arns" {
  description = "Roles for the repository's variables: AWS_PLAN_ROLE and AWS_APPLY_ROLE."
  value       = module.workflows.role_arns
}
