output "service_accounts" {
  description = "Namespace and name of every ServiceAccount with a role, available once it is bound."
  value       = keys(aws_eks_pod_identity_association.this)
}
