variable "cluster" {
  description = "Name of the cluster: its folder in clusters/, and its name in kind."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.cluster))
    error_message = "The cluster's name must be 2 to 40 lower-case letters, digits and hyphens."
  }
}

variable "config" {
  description = "Path of kind's configuration. Changing its content recreates the cluster, and its data is lost."
  type        = string

  validation {
    condition     = fileexists(var.config)
    error_message = "The file does not exist."
  }
}

variable "kubeconfig_path" {
  description = "Path that kind writes the administrator's kubeconfig to; contains a private key."
  type        = string
}
