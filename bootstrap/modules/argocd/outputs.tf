output "version" {
  description = "Version that was installed, once Argo CD has read the repository, if there is something to sync; null where it was there before."
  value       = var.install ? var.argocd_version : null
  depends_on  = [terraform_data.hand_over]
}
