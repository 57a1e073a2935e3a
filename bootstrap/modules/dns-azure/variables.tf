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

variable "domain" {
  description = "The cluster's domain."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "The domain must be a DNS name of at least two labels, in lower case."
  }
}

variable "existing_zone" {
  description = "A zone that exists already in the same subscription: the domain, or one above it. Null to make one for the domain."
  type        = object({ name = string, resource_group_name = string })

  validation {
    condition     = var.existing_zone == null || endswith(".${var.domain}", ".${try(var.existing_zone.name, "")}")
    error_message = "The domain must be the zone or a subdomain of it."
  }
}

variable "challenge_zone" {
  description = "Zone in the same subscription that challenges are delegated to. Null if they are answered in the domain's zone."
  type        = object({ name = string, resource_group = string })
}

variable "parent_zone" {
  description = "Parent zone of the domain, if it is in the same subscription. Null if the domain is delegated by hand."
  type        = object({ name = string, resource_group_name = string })

  validation {
    condition     = var.parent_zone == null || endswith(var.domain, ".${try(var.parent_zone.name, "")}")
    error_message = "The domain must be a subdomain of the parent zone."
  }
}
