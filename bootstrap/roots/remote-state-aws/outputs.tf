output "bucket" {
  description = "Bucket of the states: what ../s3.tfbackend says."
  value       = module.state.bucket
}

output "workflow_role_arns" {
  description = "Roles of the workflows: the variables AWS_PLAN_ROLE and AWS_APPLY_ROLE at GitHub."
  value       = module.workflows.role_arns
}
