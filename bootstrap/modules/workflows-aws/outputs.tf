output "role_arns" {
  description = "ARNs of the roles that workflows take: plan and apply."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}
