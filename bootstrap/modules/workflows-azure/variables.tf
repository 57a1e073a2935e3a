variable "name" {
  description = "The organization's name: what the identities' names begin with."
  type        = string
}

variable "location" {
  description = "Azure region of the identities, such as westeurope."
  type        = string
}

variable "resource_group_name" {
  description = "Resource group of the identities."
  type        = string
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
}

variable "github_repository" {
  description = "owner/name of the repository whose workflows sign in."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "The repository must be given as owner/name."
  }
}

variable "environments" {
  description = "GitHub environments whose approved jobs may apply and destroy; each must admit the main branch only, and want an approval."
  type        = set(string)

  validation {
    condition     = length(var.environments) <= 20 && alltrue([for name in var.environments : can(regex("^[a-z0-9-]+$", name))])
    error_message = "There can be 20 environments at most, each named by lower-case letters, digits and hyphens."
  }
}

variable "subscription_ids" {
  description = "Subscriptions that clusters are made in."
  type        = set(string)
}

variable "state_scope" {
  description = "Id of what rights to the states are given at."
  type        = string
}
