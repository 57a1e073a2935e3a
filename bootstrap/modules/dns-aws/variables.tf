variable "domain" {
  description = "The cluster's domain."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "The domain must be a name such as us.example.com, without a trailing dot."
  }
}

variable "existing_zone" {
  description = "Name of a public zone that exists already: the domain, or one above it. Null to make one for the domain."
  type        = string

  validation {
    condition     = var.existing_zone == null || endswith(".${var.domain}", ".${coalesce(var.existing_zone, "-")}")
    error_message = "The domain must be the zone or a subdomain of it."
  }
}

variable "name" {
  description = "Name of the cluster, for the zone's comment."
  type        = string
}
