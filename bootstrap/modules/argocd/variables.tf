variable "cluster" {
  description = "Name of the cluster: the folder of clusters/ and of dist/."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.cluster))
    error_message = "The cluster's name must be 2 to 40 lower-case letters, digits and hyphens."
  }
}

variable "dist" {
  description = "Folder of the cluster's rendered manifests, dist/<cluster>: the repository to sync from is read out of its root Application. Where that is not rendered yet, for lack of facts, the cluster is not handed over."
  type        = string

  validation {
    condition     = fileexists("${var.dist}/cluster.json")
    error_message = "There is no cluster.json in that folder: run \"npm run synth\" and give the path of dist/<cluster>."
  }
}

variable "kubeconfig" {
  description = "Text of a kubeconfig without any credential: server, certificate authority, and the command that fetches a short-lived token. It is kept in the state. Null where kubeconfig_path is given."
  type        = string
  default     = null

  validation {
    condition     = var.kubeconfig == null || !can(regex("(?m)[\\s{,]\"?(token|password|client-key-data)\"?\\s*:", coalesce(var.kubeconfig, "-")))
    error_message = "The kubeconfig holds a credential, which would be kept in the state: use an exec plugin, or kubeconfig_path."
  }
}

variable "kubeconfig_path" {
  description = "Path of a kubeconfig file, where there is one on this machine. Null where kubeconfig is given."
  type        = string
  default     = null

  validation {
    condition     = (var.kubeconfig_path == null) != (var.kubeconfig == null)
    error_message = "Give one of kubeconfig and kubeconfig_path."
  }
}

variable "generation" {
  description = "Anything that changes when the cluster is made anew, where its kubeconfig's text does not tell."
  type        = string
  default     = ""
}

variable "install" {
  description = "Whether to install Argo CD; false where it runs in namespace argocd already."
  type        = bool
  default     = true
}

variable "argocd_version" {
  description = "Tag of Argo CD to install: the pin \"argo-cd\" in clusters/<cluster>/pins.json."
  type        = string

  validation {
    condition     = can(regex("^v3\\.\\d+\\.\\d+$", var.argocd_version))
    error_message = "The version must be a tag of Argo CD 3, such as v3.5.7."
  }
}

variable "high_availability" {
  description = "Whether each part of Argo CD runs more than once; needs three nodes."
  type        = bool
  default     = true
}

variable "install_manifest" {
  description = "URL or path of the installation's manifest, for a mirror of one's own. Null for the project's own, at argocd_version."
  type        = string
  default     = null
}

variable "repository_credential" {
  description = <<-EOT
    Where the repository's credential is; null for a public repository. The command is run during apply and prints a
    JSON object with the fields of Argo CD's repository Secret (username and password; sshPrivateKey; githubAppID,
    githubAppInstallationID and githubAppPrivateKey). What it prints goes to the cluster, never to the state. Another
    version has it fetched again.
  EOT
  type = object({
    command = list(string)
    version = string
  })
  default = null

  validation {
    condition     = var.repository_credential == null || length(try(var.repository_credential.command, [])) > 0
    error_message = "The command must have at least one word."
  }
}
