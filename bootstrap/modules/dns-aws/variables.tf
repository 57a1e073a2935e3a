variable "domain" {
  description = "The cluster's domain, which gets a public zone."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "The domain must be a name such as us.example.com, without a trailing dot."
  }
}

variable "name" {
  description = "Name of the cluster, for the zone's comment."
  type        = string
}
