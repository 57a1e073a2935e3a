variable "name" {
  description = "Prefix of the role names: <organization>-<cluster>."
  type        = string
}

variable "cluster_name" {
  description = "Name of the EKS cluster, available once it exists."
  type        = string
}

variable "cluster_arn" {
  description = "ARN of the cluster: pods of other clusters cannot assume these roles."
  type        = string
}

variable "zone_arn" {
  description = "ARN of the cluster's DNS zone."
  type        = string
}

variable "domain" {
  description = "The cluster's domain: the zone may hold others."
  type        = string
}

variable "challenge_zone" {
  description = "Zone that challenges are delegated to, by name and id; null if they are answered in the cluster's zone."
  type        = object({ name = string, id = string })
}

variable "replica_region" {
  description = "Region that secrets are copied to; null for none."
  type        = string
}

variable "secret_prefix" {
  description = "Prefix of the cluster's secrets in Secrets Manager."
  type        = string

  validation {
    condition     = endswith(var.secret_prefix, "-")
    error_message = "The prefix must end with a hyphen, or it would include secrets of clusters whose names have the same prefix."
  }
}

variable "backup_bucket_arn" {
  description = "ARN of the bucket with the cluster's backups."
  type        = string
}

variable "backup_kms_key_arn" {
  description = "ARN of the key that backups are encrypted with."
  type        = string
}

variable "external_dns_deletes" {
  description = "Whether external-dns may delete records: required by its policy \"sync\" in the cluster file."
  type        = bool
  default     = false
}
