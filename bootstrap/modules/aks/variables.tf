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
  description = "The cluster's resource group."
  type        = string
}

variable "subnet_ids" {
  description = "Ids of the nodes' subnets, by zone."
  type        = map(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "There must be a subnet for at least one zone."
  }
}

variable "pod_cidr" {
  description = "CIDR block of pods; must not overlap with any network that the cluster connects to."
  type        = string
}

variable "service_cidr" {
  description = "CIDR block of Services; must not overlap with any network that the cluster connects to. The eleventh address is the cluster's DNS."
  type        = string

  validation {
    condition     = can(cidrhost(var.service_cidr, 10))
    error_message = "The CIDR block of Services must have at least 16 addresses."
  }
}

variable "kubernetes_version" {
  description = "Minor version; patches are applied automatically in the maintenance window."
  type        = string

  validation {
    condition     = can(regex("^1\\.\\d{2}$", var.kubernetes_version))
    error_message = "The version must be a minor version such as 1.35."
  }
}

variable "sku_tier" {
  description = "Free (no SLA), Standard (SLA for the API server) or Premium (long-term support)."
  type        = string

  validation {
    condition     = contains(["Free", "Standard", "Premium"], var.sku_tier)
    error_message = "The tier must be Free, Standard or Premium."
  }
}

variable "private" {
  description = "Whether the API server has only a private address. Terraform and operators then need access to the network."
  type        = bool
}

variable "operator_cidrs" {
  description = "CIDR blocks allowed to reach the Key Vault and, unless it is private, the API server."
  type        = list(string)

  validation {
    condition     = length(var.operator_cidrs) > 0 && alltrue([for cidr in var.operator_cidrs : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "Give at least one CIDR block, and not the whole internet."
  }
}

variable "egress_cidrs" {
  description = "The nodes' egress addresses: they reach the API server by its public address."
  type        = list(string)
}

variable "admin_group_id" {
  description = "Object id of the Entra ID group that administers the cluster and its Key Vault. Whoever runs Terraform must be a member."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.admin_group_id))
    error_message = "The group must be an object id, not a name."
  }
}

variable "system_pool" {
  description = "Node pool for system pods, per zone: VM size, minimum and maximum. Runs all pods if there is no apps_pool."
  type        = object({ vm_size = string, min = number, max = number })

  validation {
    condition     = var.system_pool.min >= 1 && var.system_pool.max >= var.system_pool.min
    error_message = "The minimum must be at least 1, and the maximum not below it."
  }
}

variable "apps_pool" {
  description = "Node pool for all other pods, per zone: VM size, minimum and maximum. Null to run them on the system nodes."
  type        = object({ vm_size = string, min = number, max = number })

  validation {
    condition     = var.apps_pool == null || try(var.apps_pool.max >= var.apps_pool.min, false)
    error_message = "The maximum must not be below the minimum."
  }
}

variable "host_encryption" {
  description = "Whether caches and temporary disks are encrypted at the host. The subscription must have registered the feature EncryptionAtHost."
  type        = bool
}

variable "maintenance" {
  description = "Weekly maintenance window in UTC: day, start, and duration in hours, at least four."
  type        = object({ day = string, start = string, hours = number })

  validation {
    condition     = var.maintenance.hours >= 4 && can(regex("^([01]\\d|2[0-3]):[0-5]\\d$", var.maintenance.start))
    error_message = "The window must start at HH:MM and last at least four hours."
  }
}

variable "log_analytics_workspace_id" {
  description = "Log Analytics workspace for the logs of the control plane and the Key Vault."
  type        = string
}
