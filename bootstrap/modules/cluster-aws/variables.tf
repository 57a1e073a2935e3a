variable "cluster" {
  description = "Name of the cluster: its folder in clusters/ and dist/, and the prefix of its secrets."
  type        = string
}

variable "vpc_cidr" {
  description = "CIDR block of the VPC, a /16; must not overlap with networks to be connected."
  type        = string
}

variable "service_cidr" {
  description = "CIDR block of Services, outside of the VPC's."
  type        = string
}

variable "nat_per_zone" {
  description = "Whether each zone has its own NAT gateway."
  type        = bool
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster and its databases: to delete one, apply false first."
  type        = bool
}

variable "images" {
  description = "Images to create repositories for in the registry."
  type        = set(string)
}

variable "backups" {
  description = "Days that backups are locked and that deleted ones can be recovered, the lock mode (GOVERNANCE: administrators can bypass it, COMPLIANCE: no one can), and a region to replicate to."
  type = object({
    lock_mode      = optional(string, "GOVERNANCE")
    lock_days      = optional(number, 30)
    recovery_days  = optional(number, 30)
    replica_region = optional(string)
  })
}

variable "existing_zone" {
  description = "Name of a public DNS zone that exists already: the cluster's domain, or one above it. Null to make one for the domain."
  type        = string
}

variable "challenge_zone" {
  description = "Public DNS zone to which _acme-challenge of the domain is delegated by a CNAME record, by name and id. Null if challenges are answered in the domain's zone."
  type        = object({ name = string, id = string })
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: required by its policy \"sync\" in the cluster file."
  type        = bool
}

variable "databases" {
  description = "Managed PostgreSQL databases by the component that each is for; none if it is empty. What each may say is in the module database-aws."
  type = map(object({
    class       = string
    storage_gb  = optional(number)
    backup_days = optional(number)
    multi_az    = optional(bool)
  }))
}
