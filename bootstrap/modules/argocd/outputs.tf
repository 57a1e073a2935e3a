output "version" {
  description = "Argo CD's version, once it serves and has read the repository; null where it was there already."
  value       = var.install ? var.argocd_version : null
  depends_on  = [terraform_data.hand_over]
}
