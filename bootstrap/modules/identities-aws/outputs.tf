output "service_accounts" {
  description = "Namespace and name of every ServiceAccount that has an identity, once it has."
  value       = keys(aws_eks_pod_identity_association.this)
}
