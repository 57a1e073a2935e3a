output "kubeconfig_path" {
  description = "The administrator's kubeconfig, once the cluster is there."
  value       = terraform_data.cluster.output.KUBECONFIG
}

output "generation" {
  description = "Changes when the cluster is made anew."
  value       = terraform_data.cluster.id
}
