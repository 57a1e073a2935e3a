variable "cluster" {
  description = "Name of the cluster, a folder of clusters/; null for a root that belongs to no cluster."
  type        = string
  default     = null

  validation {
    condition     = var.cluster == null || fileexists("${path.module}/../../../clusters/${coalesce(var.cluster, "-")}/cluster.ts")
    error_message = "There is no clusters/${coalesce(var.cluster, "-")}/cluster.ts: describe the cluster first, then make it."
  }
}
