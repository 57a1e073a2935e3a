variable "name" {
  description = "Prefix of all names: <organization>-<cluster>."
  type        = string
}

variable "location" {
  description = "Azure region, such as westeurope."
  type        = string
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
}

variable "resource_group_name" {
  description = "The cluster's resource group."
  type        = string
}

variable "virtual_network_name" {
  description = "Name of the cluster's virtual network."
  type        = string
}

variable "virtual_network_id" {
  description = "Id of the cluster's virtual network."
  type        = string
}

variable "vnet_cidr" {
  description = "CIDR block of the virtual network, whose last 256th the servers get."
  type        = string
}

variable "databases" {
  description = "Databases by the component that each is for: SKU of the server, its storage in GiB, days for which it can be restored to any moment, whether backups are also in the paired region, and whether a standby is in another zone."
  type = map(object({
    sku                   = string
    storage_gb            = optional(number, 32)
    backup_days           = optional(number, 14)
    geo_redundant_backups = optional(bool, false)
    zone_redundant        = optional(bool, false)
  }))

  validation {
    condition     = alltrue([for name in keys(var.databases) : can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", name))])
    error_message = "Databases are named like components: lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for database in values(var.databases) : database.backup_days >= 7 && database.backup_days <= 35])
    error_message = "A database can be restored to any moment of the last 7 to 35 days."
  }
}
