output "role_arns" {
  description = "ARNs of the workflows' roles: plan, apply and publish."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}
