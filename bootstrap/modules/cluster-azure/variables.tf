variable "cluster" {
  description = "Name of the cluster: its folder in clusters/ and dist/."
  type        = string
}

variable "location" {
  description = "Azure region, such as westeurope."
  type        = string
}

variable "vnet_cidr" {
  description = "CIDR block of the virtual network."
  type        = string
}

variable "pod_cidr" {
  description = "CIDR block of pods: an overlay, which unconnected clusters may share."
  type        = string
}

variable "service_cidr" {
  description = "CIDR block of Services."
  type        = string
}

variable "zones" {
  description = "Availability zones to spread nodes over."
  type        = list(string)
}

variable "nat_per_zone" {
  description = "Whether each zone has its own NAT gateway."
  type        = bool
}

variable "sku_tier" {
  description = "Free (no SLA), Standard (SLA for the API server) or Premium (long-term support)."
  type        = string
}

variable "private" {
  description = "Whether the API server has only a private address."
  type        = bool
}

variable "host_encryption" {
  description = "Whether caches and temporary disks are encrypted at the host. The subscription must have registered the feature EncryptionAtHost."
  type        = bool
}

variable "system_pool" {
  description = "Node pool for system pods, per zone. Runs all pods if there is no apps_pool."
  type        = object({ vm_size = string, min = number, max = number })
}

variable "apps_pool" {
  description = "Node pool for all other pods, per zone."
  type        = object({ vm_size = string, min = number, max = number })
}

variable "backups" {
  description = "Replication of the backups (ZRS in the region, GZRS or RAGZRS also in the paired one), days that they are locked, and whether the lock is irrevocable."
  type        = object({ replication = string, locked_days = number, locked_for_good = optional(bool, false) })
}

variable "registry" {
  description = "SKU of the container registry, and regions to replicate it to."
  type        = object({ sku = string, geo_replications = optional(set(string), []) })
}

variable "existing_zone" {
  description = "A DNS zone that exists already in the same subscription: the cluster's domain, or one above it. Null to make one for the domain."
  type        = object({ name = string, resource_group_name = string })
}

variable "parent_zone" {
  description = "Parent zone of the cluster's domain, if it is in the same subscription."
  type        = object({ name = string, resource_group_name = string })
}

variable "challenge_zone" {
  description = "DNS zone in the same subscription to which _acme-challenge of the domain is delegated by a CNAME record. Null if challenges are answered in the domain's zone."
  type        = object({ name = string, resource_group = string })
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: required by its policy \"sync\" in the cluster file."
  type        = bool
}

variable "databases" {
  description = "Managed PostgreSQL databases by the component that each is for; none if it is empty. What each may say is in the module database-azure."
  type = map(object({
    sku                   = string
    storage_gb            = optional(number)
    backup_days           = optional(number)
    geo_redundant_backups = optional(bool)
    zone_redundant        = optional(bool)
  }))
}
