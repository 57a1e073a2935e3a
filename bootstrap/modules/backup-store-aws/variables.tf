variable "bucket" {
  description = "Name of the bucket, globally unique."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,53}[a-z0-9]$", var.bucket))
    error_message = "The bucket's name must be 3 to 55 lower-case letters, digits and hyphens: \"-replica\" may be appended."
  }
}

variable "replica_region" {
  description = "Region to replicate all backups to; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.replica_region == null || can(regex("^[a-z]{2}(-[a-z]+)+-\\d$", var.replica_region))
    error_message = "The region must be an AWS region such as us-west-2."
  }
}

variable "lock_mode" {
  description = "Object lock mode. GOVERNANCE: principals with s3:BypassGovernanceRetention may delete locked backups. COMPLIANCE: no one can delete them or shorten the retention, including AWS support."
  type        = string
  default     = "GOVERNANCE"

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.lock_mode)
    error_message = "The mode must be GOVERNANCE or COMPLIANCE."
  }
}

variable "lock_days" {
  description = "Days that an object cannot be changed or deleted after it was written."
  type        = number
  default     = 30

  validation {
    condition     = var.lock_days >= 1 && var.lock_days <= 365
    error_message = "Backups must be locked for 1 to 365 days."
  }
}

variable "recovery_days" {
  description = "Days that deleted or overwritten objects can be recovered."
  type        = number
  default     = 30

  validation {
    condition     = var.recovery_days >= 7
    error_message = "Deleted objects must be recoverable for at least 7 days, so that a mistake can be noticed."
  }
}
