output "name" {
  description = "Name of the EKS cluster."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster, to which Pod Identity roles are bound."
  value       = aws_eks_cluster.this.arn
}

output "service_cidr" {
  description = "CIDR block of Services."
  value       = aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr
}

output "kubeconfig" {
  description = "Text of a kubeconfig that gets a short-lived token from the AWS CLI; not secret."
  value       = local.kubeconfig

  # Available once administrators have access, the snapshot controller is installed and network policies are enforced.
  depends_on = [aws_eks_access_policy_association.administrator, aws_eks_addon.snapshot_controller, terraform_data.network_policy]
}
