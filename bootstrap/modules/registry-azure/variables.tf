variable "name" {
  description = "Prefix of all names: <organization>-<cluster>."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "The name must be 3 to 24 lower-case letters, digits and hyphens: the limit of Key Vaults and storage accounts."
  }
}

variable "location" {
  description = "Azure region, such as westeurope."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+[0-9]?$", var.location))
    error_message = "The region must be in its short form, such as westeurope."
  }
}

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
}

variable "resource_group_name" {
  description = "Resource group of the registry."
  type        = string
}

variable "sku" {
  description = "Basic, Standard or Premium; geo-replication and expiry of untagged images need Premium."
  type        = string

  validation {
    condition     = contains(["Basic", "Standard", "Premium"], var.sku)
    error_message = "The SKU must be Basic, Standard or Premium."
  }
}

variable "geo_replications" {
  description = "Regions to replicate to; Premium only."
  type        = set(string)

  validation {
    condition     = length(var.geo_replications) == 0 || var.sku == "Premium"
    error_message = "Only a Premium registry can be replicated to other regions."
  }
}

variable "pullers" {
  description = "Object ids of the identities that pull images, by an arbitrary name."
  type        = map(string)
}

variable "image_registry" {
  description = "Where images are published, here or elsewhere: their names without the last part."
  type        = string
}

variable "publisher" {
  description = "Object id of the identity that publishes images; null if nobody does here."
  type        = string
}
