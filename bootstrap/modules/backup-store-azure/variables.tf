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

variable "replication" {
  description = "Copies of the data: ZRS over the region's zones, GZRS and RAGZRS in its paired region as well, LRS for a try."
  type        = string

  validation {
    condition     = contains(["LRS", "ZRS", "GZRS", "RAGZRS"], var.replication)
    error_message = "The replication must be LRS, ZRS, GZRS or RAGZRS."
  }
}

variable "locked_days" {
  description = "Days for which nothing that was written can be destroyed, whoever asks."
  type        = number

  validation {
    condition     = var.locked_days >= 1 && var.locked_days <= 365
    error_message = "Backups are locked for 1 to 365 days."
  }
}

variable "locked_for_good" {
  description = "Whether the lock itself is locked: never to be shortened or lifted, by nobody, before it has run out. Cannot be taken back."
  type        = bool
}

variable "subnet_ids" {
  description = "Subnets that the store is reached from: the nodes'."
  type        = list(string)
}

variable "operator_cidrs" {
  description = "Address ranges that the store is reached from beside the nodes."
  type        = list(string)
}
