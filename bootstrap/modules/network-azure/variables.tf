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

variable "vnet_cidr" {
  description = "CIDR block of the virtual network; each zone's nodes get a sixteenth."
  type        = string

  validation {
    condition     = can(cidrhost(var.vnet_cidr, 0)) && try(tonumber(split("/", var.vnet_cidr)[1]) <= 20, false)
    error_message = "The network must be a CIDR block of /20 or larger."
  }
}

variable "pod_cidr" {
  description = "CIDR block of pods: an overlay outside of the virtual network, which unconnected clusters may share."
  type        = string

  validation {
    condition     = can(cidrhost(var.pod_cidr, 0)) && var.pod_cidr != var.vnet_cidr
    error_message = "The CIDR block of pods must be outside of the virtual network's."
  }
}

variable "zones" {
  description = "Availability zones to spread nodes over."
  type        = list(string)

  validation {
    condition     = length(var.zones) > 0 && length(var.zones) <= 8 && length(distinct(var.zones)) == length(var.zones)
    error_message = "Give 1 to 8 zones, each once."
  }
}

variable "nat_per_zone" {
  description = "Whether each zone has its own NAT gateway. With a single one, losing its zone cuts off egress for all nodes."
  type        = bool
}

variable "log_retention_days" {
  description = "Retention of logs in days."
  type        = number

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 365
    error_message = "The retention must be 30 to 365 days."
  }
}
