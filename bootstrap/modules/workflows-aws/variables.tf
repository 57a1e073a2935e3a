variable "name" {
  description = "The organization's name: the prefix of all role and bucket names, here and in the clusters' roots."
  type        = string
}

variable "github_repository" {
  description = "Repository of the workflows, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "The repository must be given as owner/name."
  }
}

variable "environments" {
  description = "GitHub environments whose approved jobs may apply and destroy; each must admit only the main branch and require an approval."
  type        = set(string)

  validation {
    condition     = alltrue([for name in var.environments : can(regex("^[a-z0-9-]+$", name))])
    error_message = "An environment's name must be lower-case letters, digits and hyphens."
  }
}

variable "state_bucket_arn" {
  description = "ARN of the state bucket."
  type        = string
}

variable "state_kms_key_arn" {
  description = "ARN of the key that states are encrypted with."
  type        = string
}
