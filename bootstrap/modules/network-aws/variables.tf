variable "name" {
  description = "Prefix of all names: <organization>-<cluster>."
  type        = string
}

variable "cidr" {
  description = "CIDR block of the VPC, a /16; each zone gets an eighth for nodes and pods."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "The network must be a /16 such as 10.30.0.0/16."
  }
}

variable "nat_per_zone" {
  description = "Whether each zone has its own NAT gateway. With a single one, losing its zone cuts off egress for all zones, and cross-zone traffic is billed."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "Retention of flow logs in days."
  type        = number
}
