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

variable "vnet_cidr" {
  description = "Addresses of the network. Each zone's nodes get a sixteenth of them."
  type        = string

  validation {
    condition     = can(cidrhost(var.vnet_cidr, 0)) && try(tonumber(split("/", var.vnet_cidr)[1]) <= 20, false)
    error_message = "The network must be a CIDR block of /20 or larger."
  }
}

variable "pod_cidr" {
  description = "Addresses of pods: an overlay, not part of the network. Clusters whose pods never talk may share them."
  type        = string

  validation {
    condition     = can(cidrhost(var.pod_cidr, 0)) && var.pod_cidr != var.vnet_cidr
    error_message = "Pods' addresses must be a CIDR block of their own, outside of the network's."
  }
}

variable "zones" {
  description = "Availability zones that nodes are spread over."
  type        = list(string)

  validation {
    condition     = length(var.zones) > 0 && length(var.zones) <= 8 && length(distinct(var.zones)) == length(var.zones)
    error_message = "Name each zone once, and at least one."
  }
}

variable "nat_per_zone" {
  description = "Whether each zone has a NAT gateway of its own. With one for all, its zone's failure takes the way out from all nodes."
  type        = bool
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 365
    error_message = "Logs are kept for 30 to 365 days."
  }
}
