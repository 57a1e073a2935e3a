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

variable "domain" {
  description = "The cluster's domain, which becomes a zone of its own."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "The domain must be a DNS name of at least two labels, in lower case."
  }
}

variable "parent_zone" {
  description = "Zone that the domain is delegated from, if it is in the same subscription. Null where its keeper delegates by hand."
  type        = object({ name = string, resource_group_name = string })

  validation {
    condition     = var.parent_zone == null || endswith(var.domain, ".${try(var.parent_zone.name, "")}")
    error_message = "The domain must lie below the parent zone."
  }
}
