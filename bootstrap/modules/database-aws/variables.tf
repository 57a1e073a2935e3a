variable "name" {
  description = "Prefix of all names: <organization>-<cluster>."
  type        = string
}

variable "vpc_id" {
  description = "Id of the cluster's VPC."
  type        = string
}

variable "vpc_cidr" {
  description = "CIDR block of the VPC, of which the servers get a 256th in each zone."
  type        = string
}

variable "zones" {
  description = "Availability zones of the cluster."
  type        = list(string)
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the servers: to delete one, apply false first. A last snapshot is taken then."
  type        = bool
}

variable "databases" {
  description = "Databases by the component that each is for: class of the server, its storage in GiB, days for which it can be restored to any moment, and whether a standby is in another zone."
  type = map(object({
    class       = string
    storage_gb  = optional(number, 20)
    backup_days = optional(number, 14)
    multi_az    = optional(bool, false)
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
