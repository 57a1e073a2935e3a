variable "bucket" {
  description = "Name of the bucket, unique in the whole world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,53}[a-z0-9]$", var.bucket))
    error_message = "The bucket's name must be 3 to 55 lower-case letters, digits and hyphens: \"-replica\" may come behind it."
  }
}

variable "replica_region" {
  description = "Another region that keeps a copy of every backup; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.replica_region == null || can(regex("^[a-z]{2}(-[a-z]+)+-\\d$", var.replica_region))
    error_message = "The region must be one of AWS's, such as us-west-2."
  }
}

variable "lock_mode" {
  description = "GOVERNANCE: those who have a permission of its own may delete locked backups. COMPLIANCE: nobody may, nor shorten it, AWS's support included."
  type        = string
  default     = "GOVERNANCE"

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.lock_mode)
    error_message = "The mode must be GOVERNANCE or COMPLIANCE."
  }
}

variable "lock_days" {
  description = "Days that whatever was written can be neither changed nor removed."
  type        = number
  default     = 30

  validation {
    condition     = var.lock_days >= 1 && var.lock_days <= 365
    error_message = "Backups must be locked for 1 to 365 days."
  }
}

variable "recovery_days" {
  description = "Days that what was deleted or overwritten can be had back."
  type        = number
  default     = 30

  validation {
    condition     = var.recovery_days >= 7
    error_message = "A week is the least: longer than it takes to notice."
  }
}
