output "version" {
  description = "Installed version, available once Argo CD has read the repository if there is something to sync; null if Argo CD was already installed."
  value       = var.install ? var.argocd_version : null
  depends_on  = [terraform_data.hand_over]
}
