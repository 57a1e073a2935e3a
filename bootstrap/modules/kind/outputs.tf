output "kubeconfig_path" {
  description = "Path of the administrator's kubeconfig, available once the cluster exists."
  value       = terraform_data.cluster.output.KUBECONFIG
}

output "generation" {
  description = "Changes when the cluster is recreated."
  value       = terraform_data.cluster.id
}
