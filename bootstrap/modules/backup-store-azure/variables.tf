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

variable "replication" {
  description = "Replication: ZRS (across zones), GZRS or RAGZRS (also in the paired region), LRS (for trials only)."
  type        = string

  validation {
    condition     = contains(["LRS", "ZRS", "GZRS", "RAGZRS"], var.replication)
    error_message = "The replication must be LRS, ZRS, GZRS or RAGZRS."
  }
}

variable "locked_days" {
  description = "Days that blobs cannot be destroyed after they were written."
  type        = number

  validation {
    condition     = var.locked_days >= 1 && var.locked_days <= 365
    error_message = "Backups must be locked for 1 to 365 days."
  }
}

variable "locked_for_good" {
  description = "Whether the immutability policy itself is locked, so that no one can shorten or remove it. Irreversible."
  type        = bool
}

variable "subnet_ids" {
  description = "The nodes' subnets, which may access the store."
  type        = list(string)
}

variable "operator_cidrs" {
  description = "CIDR blocks of operators, which may access the store."
  type        = list(string)
}
