variable "name" {
  description = "What names begin with: the organization's and the cluster's, joined by a hyphen."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "The name must be 3 to 24 lower-case letters, digits and hyphens: Key Vaults and storage accounts take no longer ones."
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
  description = "Tags of everything that is made."
  type        = map(string)
}

variable "resource_group_name" {
  description = "The cluster's resource group."
  type        = string
}

variable "subnet_ids" {
  description = "Subnet of the nodes of each zone, by the zone."
  type        = map(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "There must be a subnet for one zone at least."
  }
}

variable "pod_cidr" {
  description = "Addresses of pods, which no network that the cluster talks to may use."
  type        = string
}

variable "service_cidr" {
  description = "Addresses of Services, which no network that the cluster talks to may use. The eleventh is the cluster's DNS."
  type        = string

  validation {
    condition     = can(cidrhost(var.service_cidr, 10))
    error_message = "The addresses of Services must be a CIDR block of 16 addresses at least."
  }
}

variable "kubernetes_version" {
  description = "Minor version; patches come by themselves in the maintenance window."
  type        = string

  validation {
    condition     = can(regex("^1\\.\\d{2}$", var.kubernetes_version))
    error_message = "The version must be a minor one, such as 1.35."
  }
}

variable "sku_tier" {
  description = "Free, which promises nothing; Standard, whose API server has an SLA; Premium, with long-term support."
  type        = string

  validation {
    condition     = contains(["Free", "Standard", "Premium"], var.sku_tier)
    error_message = "The tier must be Free, Standard or Premium."
  }
}

variable "private" {
  description = "Whether the API server has an address of the network alone. Terraform and people then need a way into it."
  type        = bool
}

variable "operator_cidrs" {
  description = "Address ranges that the vault and, unless it is private, the API server are reached from."
  type        = list(string)

  validation {
    condition     = length(var.operator_cidrs) > 0 && alltrue([for cidr in var.operator_cidrs : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "Name at least one CIDR block, and not the whole world."
  }
}

variable "egress_cidrs" {
  description = "Addresses that nodes leave the network from: they call the API server by its public address."
  type        = list(string)
}

variable "admin_group_id" {
  description = "Object id of the Entra ID group whose members administer the cluster and its vault. Who runs Terraform is one of them."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.admin_group_id))
    error_message = "The group must be an object id, not a name."
  }
}

variable "system_pool" {
  description = "Nodes of each zone that Kubernetes' own pods run on: VM size, least and most. Everything runs on them if there is no apps_pool."
  type        = object({ vm_size = string, min = number, max = number })

  validation {
    condition     = var.system_pool.min >= 1 && var.system_pool.max >= var.system_pool.min
    error_message = "There must be one node at least, and not less at most than at least."
  }
}

variable "apps_pool" {
  description = "Nodes of each zone that all the rest runs on: VM size, least and most. Null if that is on the system nodes too."
  type        = object({ vm_size = string, min = number, max = number })

  validation {
    condition     = var.apps_pool == null || try(var.apps_pool.max >= var.apps_pool.min, false)
    error_message = "There must not be less nodes at most than at least."
  }
}

variable "host_encryption" {
  description = "Whether caches and temporary disks are encrypted on the host as well. The subscription must have the feature EncryptionAtHost registered first."
  type        = bool
}

variable "maintenance" {
  description = "Weekly window for upgrades, in UTC: day, start and hours, of which there must be four."
  type        = object({ day = string, start = string, hours = number })

  validation {
    condition     = var.maintenance.hours >= 4 && can(regex("^([01]\\d|2[0-3]):[0-5]\\d$", var.maintenance.start))
    error_message = "The window must start at HH:MM and last four hours at least."
  }
}

variable "log_analytics_workspace_id" {
  description = "Where the control plane's and the vault's logs go."
  type        = string
}
