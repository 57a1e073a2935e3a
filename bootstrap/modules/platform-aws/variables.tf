variable "cluster" {
  description = "Name of the cluster, a folder of clusters/: what the names of its secrets begin with."
  type        = string
}

variable "name" {
  description = "Name of the cluster at AWS, the organization's before it: what all other names begin with."
  type        = string
}

variable "domain" {
  description = "The cluster's domain."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes."
  type        = string
}

variable "vpc_cidr" {
  description = "Addresses of the network, a /16 that no network has which is to be connected with it."
  type        = string
}

variable "service_cidr" {
  description = "Addresses of Services, outside of the network's."
  type        = string
}

variable "nat_per_zone" {
  description = "Whether each zone has a NAT gateway of its own; one for all is cheaper and falls with its zone."
  type        = bool
  default     = true
}

variable "operator_cidrs" {
  description = "Who may reach the API server from outside of the network."
  type        = list(string)
}

variable "administrators" {
  description = "ARNs of the IAM roles that administer the cluster."
  type        = set(string)
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch keeps logs for certain times only, such as 30, 90 or 365 days."
  }
}

variable "images" {
  description = "Images that the registry has a repository for."
  type        = set(string)
  default     = ["items", "restaurants", "whoami"]
}

variable "backup_replica_region" {
  description = "Another region that keeps a copy of every backup; null for none."
  type        = string
  default     = null
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: true where the cluster file gives it the policy \"sync\"."
  type        = bool
  default     = false
}
