variable "cluster" {
  description = "Name of the cluster: the folder of clusters/ and of dist/."
  type        = string
}

variable "location" {
  description = "Azure region, such as westeurope."
  type        = string
}

variable "vnet_cidr" {
  description = "Addresses of the network."
  type        = string
}

variable "pod_cidr" {
  description = "Addresses of pods: an overlay, which clusters whose pods never talk may share."
  type        = string
}

variable "service_cidr" {
  description = "Addresses of Services."
  type        = string
}

variable "zones" {
  description = "Availability zones of the region that nodes are spread over."
  type        = list(string)
}

variable "nat_per_zone" {
  description = "Whether each zone has a way out of its own."
  type        = bool
}

variable "sku_tier" {
  description = "Free, which promises nothing; Standard, whose API server has an SLA; Premium, with long-term support."
  type        = string
}

variable "private" {
  description = "Whether the API server has an address of the network alone."
  type        = bool
}

variable "host_encryption" {
  description = "Whether caches and temporary disks are encrypted on the host as well; the subscription must have the feature EncryptionAtHost registered."
  type        = bool
}

variable "system_pool" {
  description = "Nodes of each zone that Kubernetes' own pods run on, and everything if there is no apps_pool."
  type        = object({ vm_size = string, min = number, max = number })
}

variable "apps_pool" {
  description = "Nodes of each zone that all the rest runs on."
  type        = object({ vm_size = string, min = number, max = number })
}

variable "backups" {
  description = "Copies of the backups: ZRS in the region, GZRS or RAGZRS in another one too. Days for which they cannot be destroyed, and whether that itself is for good."
  type        = object({ replication = string, locked_days = number, locked_for_good = optional(bool, false) })
}

variable "registry" {
  description = "SKU of the registry of one's own images, and regions that hold a copy."
  type        = object({ sku = string, geo_replications = optional(set(string), []) })
}

variable "parent_zone" {
  description = "Zone that the cluster's domain is delegated from, if it is in the same subscription."
  type        = object({ name = string, resource_group_name = string })
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: true where the cluster file gives it the policy \"sync\"."
  type        = bool
}
