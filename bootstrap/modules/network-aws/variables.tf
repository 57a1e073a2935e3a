variable "name" {
  description = "Name of the cluster: what every name here begins with."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network: nodes and pods take theirs from it. A /16, of which each zone gets an eighth for nodes and pods."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "The network must be a /16 such as 10.30.0.0/16."
  }
}

variable "nat_per_zone" {
  description = "Whether each zone has a NAT gateway of its own. With just one, a zone's loss cuts all the others off from the internet, and traffic between zones is paid for."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "Days that flow logs are kept."
  type        = number
}
