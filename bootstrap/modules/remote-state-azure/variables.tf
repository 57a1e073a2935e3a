variable "resource_group_name" {
  description = "Resource group of the storage account."
  type        = string
}

variable "storage_account_name" {
  description = "Name of the storage account, globally unique."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.storage_account_name))
    error_message = "The name must be 3 to 24 lower-case letters and digits."
  }
}

variable "container_name" {
  description = "Name of the container, with one blob per root."
  type        = string
}

variable "location" {
  description = "Azure region, such as westeurope; the data is also replicated to its paired region."
  type        = string
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
}

variable "recovery_days" {
  description = "Days that an overwritten or deleted state can be recovered."
  type        = number

  validation {
    condition     = var.recovery_days >= 7 && var.recovery_days <= 365
    error_message = "States must be recoverable for 7 to 365 days."
  }
}

variable "operator_cidrs" {
  description = "CIDR blocks that may access the states. Machines in the account's own region reach it by private addresses and need a subnet with a service endpoint instead."
  type        = list(string)
}

variable "admin_group_id" {
  description = "Object id of the Entra ID group whose members read and write states."
  type        = string
}
