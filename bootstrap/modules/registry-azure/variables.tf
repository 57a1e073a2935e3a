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
  description = "Resource group that the registry lies in."
  type        = string
}

variable "sku" {
  description = "Basic, Standard, or Premium, which adds what geo_replications and expiry of untagged images need."
  type        = string

  validation {
    condition     = contains(["Basic", "Standard", "Premium"], var.sku)
    error_message = "The SKU must be Basic, Standard or Premium."
  }
}

variable "geo_replications" {
  description = "Other regions that hold a copy; Premium only."
  type        = set(string)

  validation {
    condition     = length(var.geo_replications) == 0 || var.sku == "Premium"
    error_message = "Only a Premium registry is copied to other regions."
  }
}

variable "pullers" {
  description = "Object ids of the identities that pull, by a name for each: the nodes' of a cluster."
  type        = map(string)
}
