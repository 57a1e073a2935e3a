variable "name" {
  description = "The organization's name: prefix of the identities' names."
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
  description = "Tags of all resources."
  type        = map(string)
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
    condition     = length(var.environments) <= 20 && alltrue([for name in var.environments : can(regex("^[a-z0-9-]+$", name))])
    error_message = "There can be at most 20 environments, with names of lower-case letters, digits and hyphens."
  }
}

variable "subscription_ids" {
  description = "Subscriptions of the clusters."
  type        = set(string)
}

variable "state_scope" {
  description = "Scope of the role assignments for the states."
  type        = string
}
