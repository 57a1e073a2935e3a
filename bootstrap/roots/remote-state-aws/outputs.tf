output "role_arns" {
  description = "Roles for the repository's variables: AWS_PLAN_ROLE_ARN and AWS_APPLY_ROLE_ARN."
  value       = module.workflows.role_arns
}
