variable "cluster" {
  description = "Name of the cluster: the folder of clusters/, and kind's name for it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.cluster))
    error_message = "The cluster's name must be 2 to 40 lower-case letters, digits and hyphens."
  }
}

variable "config" {
  description = "Path of kind's configuration. Another content makes the cluster anew, and what was in it is lost."
  type        = string

  validation {
    condition     = fileexists(var.config)
    error_message = "There is no file at that path."
  }
}

variable "kubeconfig_path" {
  description = "Where kind writes the administrator's kubeconfig; it holds a key."
  type        = string
}
