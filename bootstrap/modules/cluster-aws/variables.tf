variable "cluster" {
  description = "Name of the cluster: the folder of clusters/ and of dist/, and what the names of its secrets begin with."
  type        = string
}

variable "vpc_cidr" {
  description = "Addresses of the network, a /16: of no other network that is to be connected with it."
  type        = string
}

variable "service_cidr" {
  description = "Addresses of Services, outside of the network's."
  type        = string
}

variable "nat_per_zone" {
  description = "Whether each zone has a way out of its own."
  type        = bool
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the cluster: to delete it, apply false first."
  type        = bool
}

variable "images" {
  description = "Images that the registry has a repository for."
  type        = set(string)
}

variable "backups" {
  description = "Days that backups are locked and that deleted ones can be had back, who may lift a lock (GOVERNANCE: an administrator, COMPLIANCE: nobody), and another region that keeps a copy."
  type = object({
    lock_mode      = optional(string, "GOVERNANCE")
    lock_days      = optional(number, 30)
    recovery_days  = optional(number, 30)
    replica_region = optional(string)
  })
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: what its policy `sync` in the cluster file needs."
  type        = bool
}
