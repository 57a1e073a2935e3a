variable "name" {
  description = "Name of the cluster at AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.name))
    error_message = "The name must be 2 to 40 lower-case letters, digits and hyphens: names of roles are made from it."
  }
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes; one step up at a time, never down."
  type        = string

  validation {
    condition     = can(regex("^1\\.\\d{2}$", var.kubernetes_version))
    error_message = "The version must be a minor version such as 1.35."
  }
}

variable "subnet_ids" {
  description = "Private subnets, one a zone: for nodes, and for the control plane's interfaces."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "EKS wants subnets in two zones or more."
  }
}

variable "service_cidr" {
  description = "Addresses of Services, outside of the network's own. It can never be changed."
  type        = string

  validation {
    condition     = can(cidrhost(var.service_cidr, 0))
    error_message = "The addresses of Services must be a range such as 172.20.0.0/16."
  }
}

variable "operator_cidrs" {
  description = "Who may reach the API server from outside of the network; nobody may if the list is empty."
  type        = list(string)

  validation {
    condition     = alltrue([for cidr in var.operator_cidrs : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "Each must be a range such as 203.0.113.0/24; the whole internet is none."
  }
}

variable "administrators" {
  description = "ARNs of the IAM roles that administer the cluster; the one that runs Terraform must be among them."
  type        = set(string)

  validation {
    condition     = length(var.administrators) > 0 && alltrue([for arn in var.administrators : can(regex("^arn:aws[a-z-]*:iam::\\d{12}:role/", arn))])
    error_message = "There must be one administrator or more, each the ARN of an IAM role."
  }
}

variable "log_retention_days" {
  description = "Days that the control plane's logs are kept."
  type        = number
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster: to delete it, apply false first."
  type        = bool
  default     = true
}
