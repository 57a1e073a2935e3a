output "name" {
  description = "Name of the cluster with the organization before it: what names in the clouds begin with."
  value       = join("-", compact([local.organization, var.cluster]))

  # Vaults, registries, storage accounts and buckets have names that no one else in the world may have.
  precondition {
    condition     = local.organization != "example" || local.placeholders
    error_message = "Choose an organization in bootstrap/modules/settings/main.tf: with \"example\", every fork of this repository would ask for the same names."
  }
}

output "tags" {
  description = "Tags of everything that is made for the cluster."
  value       = local.tags
}

output "domain" {
  description = "The cluster's domain, from its cluster file."
  value       = try(local.rendered.domain, null)
}

output "dist" {
  description = "Folder of the cluster's rendered manifests."
  value       = var.cluster == null ? null : "${local.folder}/dist/${var.cluster}"
}

output "argocd_version" {
  description = "Argo CD's version, from the cluster's pins."
  value       = try(local.rendered.argoCd.version, null)
}

output "argocd_manifest_hashes" {
  description = "SHA-256 of Argo CD's install manifests by their paths in its repository, from the cluster's pins."
  value       = try(local.rendered.argoCd.files, {})
}

output "repository_credential_version" {
  description = "Changes when the repository's credential is replaced; null for a public repository."
  value       = local.repository_credential_version
}

output "github_subject_prefixes" {
  description = "How the subjects of sign-in tokens of the repository's workflows begin."
  value       = local.github_subject_prefixes
}

output "kubernetes_version" {
  description = "Minor version of Kubernetes."
  value       = local.kubernetes_version
}

output "operator_cidrs" {
  description = "Address ranges of operators and of CI's runners."
  value       = local.operator_cidrs
}

output "maintenance" {
  description = "Weekly window for upgrades, in UTC: day, start and hours."
  value       = local.maintenance
}

output "log_retention_days" {
  description = "Days that logs are kept."
  value       = local.log_retention_days
}

output "azure_admin_group_id" {
  description = "Object id of the Entra ID group that administers Azure clusters."
  value       = local.azure_admin_group_id
}

output "aws_account_id" {
  description = "The AWS account that clusters may be made in."
  value       = local.aws_account_id
}

output "aws_administrators" {
  description = "ARNs of the IAM roles that administer clusters on AWS: that of people, and that of the workflow that applies."
  value       = [for role in [local.aws_administrator_role, "${local.organization}-terraform-apply"] : "arn:aws:iam::${local.aws_account_id}:role/${role}"]
}

output "azure_subscription_ids" {
  description = "Subscriptions that clusters are made in."
  value       = local.azure_subscription_ids
}

output "image_registry" {
  description = "Where images of the repository's own services are published: their names without the last part."
  value       = local.image_registry
}

output "azure_publish_principal_id" {
  description = "Object id of the identity that publishes images; null as long as no registry on Azure asks for it."
  value       = local.azure_publish_principal_id
}
