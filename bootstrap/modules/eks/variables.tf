variable "name" {
  description = "Name of the EKS cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.name))
    error_message = "The name must be 2 to 40 lower-case letters, digits and hyphens: role names are derived from it."
  }
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes; upgrade one minor version at a time, never downgrade."
  type        = string

  validation {
    condition     = can(regex("^1\\.\\d{2}$", var.kubernetes_version))
    error_message = "The version must be a minor version such as 1.35."
  }
}

variable "subnet_ids" {
  description = "Private subnets, one per zone, for nodes and the control plane's network interfaces."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "EKS needs subnets in at least two zones."
  }
}

variable "service_cidr" {
  description = "CIDR block of Services, outside of the VPC's. Immutable."
  type        = string

  validation {
    condition     = can(cidrhost(var.service_cidr, 0))
    error_message = "The CIDR block of Services must be one such as 172.20.0.0/16."
  }
}

variable "operator_cidrs" {
  description = "CIDR blocks that may reach the API server from outside of the VPC; if empty, the API server is private."
  type        = list(string)

  validation {
    condition     = alltrue([for cidr in var.operator_cidrs : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "Each must be a CIDR block such as 203.0.113.0/24, and not the whole internet."
  }
}

variable "administrators" {
  description = "ARNs of the IAM roles that administer the cluster; the role that runs Terraform must be one of them."
  type        = set(string)

  validation {
    condition     = length(var.administrators) > 0 && alltrue([for arn in var.administrators : can(regex("^arn:aws[a-z-]*:iam::\\d{12}:role/", arn))])
    error_message = "There must be at least one administrator, each the ARN of an IAM role."
  }
}

variable "log_retention_days" {
  description = "Retention of the control plane's logs in days."
  type        = number
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster: to delete it, apply false first."
  type        = bool
  default     = true
}
