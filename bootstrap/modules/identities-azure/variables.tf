variable "name" {
  description = "Prefix of all names: <organization>-<cluster>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "The name must be 3 to 24 lower-case letters, digits and hyphens: the limit of Key Vaults and storage accounts."
  }
}

variable "location" {
  description = "Azure region, such as westeurope."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[0-9]?$", var.location))
    error_message = "The region must be in its short form, such as westeurope."
  }
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
}

variable "resource_group_name" {
  description = "Resource group of the identities: the cluster's, so that they are deleted with it."
  type        = string
}

variable "resource_group_id" {
  description = "Id of the cluster's resource group, which contains the Key Vault."
  type        = string
}

variable "oidc_issuer_url" {
  description = "Issuer of the ServiceAccounts' tokens."
  type        = string

  validation {
    condition     = startswith(var.oidc_issuer_url, "https://")
    error_message = "The issuer must be an https:// URL."
  }
}

variable "key_vault_id" {
  description = "Id of the Key Vault with the cluster's secrets. One per cluster, because Azure cannot restrict permissions by prefix."
  type        = string
}

variable "dns" {
  description = "The cluster's DNS zone and its resource group, and those that challenges are answered in."
  type = object({
    zone_id           = string
    resource_group_id = string
    challenges        = object({ zone_id = string, resource_group_id = string })
  })
}

variable "backups" {
  description = "The container that Velero writes to, its storage account, and the account's resource group."
  type        = object({ container_id = string, storage_account_id = string, resource_group_id = string })
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: required by its policy \"sync\" in the cluster file."
  type        = bool
}
