variable "domain" {
  description = "The cluster's domain, for which a public zone is made."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "The domain must be a name such as us.example.com, without a dot at its end."
  }
}

variable "name" {
  description = "Name of the cluster whose hosts are in the zone."
  type        = string
}
