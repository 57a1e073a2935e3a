variable "name" {
  description = "What names begin with: the organization's and the cluster's, joined by a hyphen."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "The name must be 3 to 24 lower-case letters, digits and hyphens: Key Vaults and storage accounts take no longer ones."
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
  description = "Tags of everything that is made."
  type        = map(string)
}

variable "resource_group_name" {
  description = "Resource group of the identities: the cluster's, since they go with it."
  type        = string
}

variable "resource_group_id" {
  description = "Id of the cluster's resource group, which the vault lies in."
  type        = string
}

variable "oidc_issuer_url" {
  description = "Who signs the tokens of the cluster's ServiceAccounts."
  type        = string

  validation {
    condition     = startswith(var.oidc_issuer_url, "https://")
    error_message = "The issuer must be an https:// URL."
  }
}

variable "key_vault_id" {
  description = "Vault of the cluster's secrets, which holds no other cluster's: what stands for a prefix, since Azure grants no rights by prefix."
  type        = string
}

variable "dns" {
  description = "The cluster's zone, and the resource group that holds no other."
  type        = object({ zone_id = string, resource_group_id = string })
}

variable "backups" {
  description = "The container that Velero writes to, its storage account, and the account's resource group."
  type        = object({ container_id = string, storage_account_id = string, resource_group_id = string })
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: what its policy `sync` in the cluster file needs."
  type        = bool
}
