variable "cluster" {
  description = "Name of the cluster, a folder of clusters/; null for a root that belongs to no cluster."
  type        = string
  default     = null

  validation {
    condition     = var.cluster == null || fileexists("${path.module}/../../../dist/${coalesce(var.cluster, "-")}/cluster.json")
    error_message = "There is no dist/${coalesce(var.cluster, "-")}/cluster.json: describe the cluster in clusters/${coalesce(var.cluster, "-")}/cluster.ts, then run \"npm run synth\"."
  }
}
