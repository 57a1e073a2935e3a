output "name" {
  description = "Name of the cluster at AWS."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster, which pods' identities are bound to."
  value       = aws_eks_cluster.this.arn
}

output "service_cidr" {
  description = "Addresses of Services."
  value       = aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr
}

output "kubeconfig" {
  description = "Text of a kubeconfig that fetches a short-lived token with the AWS command line; no secret."
  value       = local.kubeconfig

  # Whoever uses it is an administrator, and what it starts is held to network policies.
  depends_on = [aws_eks_access_policy_association.administrator, aws_eks_addon.snapshot_controller, terraform_data.network_policy]
}
