variable "bucket" {
  description = "Name of the bucket, globally unique."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "The bucket's name must be 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "recovery_days" {
  description = "Days that earlier versions of a state can be recovered; the latest ten are kept longer."
  type        = number
  default     = 365

  validation {
    condition     = var.recovery_days >= 30
    error_message = "Earlier versions must be recoverable for at least 30 days."
  }
}
