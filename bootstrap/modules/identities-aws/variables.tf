variable "name" {
  description = "Name of the cluster at AWS: what the roles' names begin with."
  type        = string
}

variable "cluster_name" {
  description = "Name of the cluster as EKS knows it, once it is there."
  type        = string
}

variable "cluster_arn" {
  description = "ARN of the cluster: no other one's pods may take these roles."
  type        = string
}

variable "zone_arn" {
  description = "ARN of the cluster's DNS zone."
  type        = string
}

variable "secret_prefix" {
  description = "What the names of the cluster's secrets begin with in Secrets Manager."
  type        = string

  validation {
    condition     = endswith(var.secret_prefix, "-")
    error_message = "The prefix must end in a hyphen: without it, secrets of a cluster whose name begins alike would be included."
  }
}

variable "backup_bucket_arn" {
  description = "ARN of the bucket of the cluster's backups."
  type        = string
}

variable "backup_kms_key_arn" {
  description = "ARN of the key that backups are encrypted with."
  type        = string
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: true where the cluster file gives it the policy \"sync\"."
  type        = bool
  default     = false
}
