variable "bucket" {
  description = "Name of the bucket, unique in the whole world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "The bucket's name must be 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "recovery_days" {
  description = "Days that earlier states can be had back; the latest ten are kept for longer."
  type        = number
  default     = 365

  validation {
    condition     = var.recovery_days >= 30
    error_message = "Earlier states must be kept for a month or more."
  }
}
