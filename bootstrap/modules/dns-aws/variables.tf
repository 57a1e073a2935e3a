variable "domain" {
  description = "The cluster's domain."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "The domain must be a name such as us.example.com, without a trailing dot."
  }
}

variable "zone_above" {
  description = "Name of a public zone above the domain that exists already. Null to make one for the domain."
  type        = string

  validation {
    condition     = var.zone_above == null || endswith(var.domain, ".${coalesce(var.zone_above, "-")}")
    error_message = "The domain must be a subdomain of the zone."
  }
}

variable "name" {
  description = "Name of the cluster, for the zone's comment."
  type        = string
}
