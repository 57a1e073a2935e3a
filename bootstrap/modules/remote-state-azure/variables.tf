variable "resource_group_name" {
  description = "Resource group of the storage account."
  type        = string
}

variable "storage_account_name" {
  description = "Name of the storage account, unique in the whole world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.storage_account_name))
    error_message = "The name must be 3 to 24 lower-case letters and digits."
  }
}

variable "container_name" {
  description = "Name of the container, in which each root has a file of its own."
  type        = string
}

variable "location" {
  description = "Azure region, such as westeurope; copies are kept in its paired region too."
  type        = string
}

variable "tags" {
  description = "Tags of everything that is made."
  type        = map(string)
}

variable "recovery_days" {
  description = "Days that a state which was overwritten or deleted can be had back."
  type        = number

  validation {
    condition     = var.recovery_days >= 7 && var.recovery_days <= 365
    error_message = "States must be kept for 7 to 365 days."
  }
}

variable "operator_cidrs" {
  description = "Address ranges that states are reached from. Azure does not see public addresses of machines in the account's own region: those need a subnet with a service endpoint."
  type        = list(string)
}

variable "admin_group_id" {
  description = "Object id of the Entra ID group whose members read and write states."
  type        = string
}
