variable "cluster" {
  description = "Name of the cluster: its folder in clusters/ and dist/."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.cluster))
    error_message = "The cluster's name must be 2 to 40 lower-case letters, digits and hyphens."
  }
}

variable "dist" {
  description = "Folder of the cluster's rendered manifests, dist/<cluster>. The repository URL comes from its root Application; without one, for lack of facts, the cluster is not handed over."
  type        = string

  validation {
    condition     = fileexists("${var.dist}/cluster.json")
    error_message = "The folder has no cluster.json: run \"npm run synth\" and give the path of dist/<cluster>."
  }
}

variable "kubeconfig" {
  description = "Text of a kubeconfig without credentials: server, certificate authority and an exec plugin that gets a short-lived token. Stored in the state. Null if kubeconfig_path is given."
  type        = string
  default     = null

  validation {
    condition     = var.kubeconfig == null || !can(regex("(?m)[\\s{,]\"?(token|password|client-key-data)\"?\\s*:", coalesce(var.kubeconfig, "-")))
    error_message = "The kubeconfig contains a credential, which would be stored in the state: use an exec plugin, or kubeconfig_path."
  }
}

variable "kubeconfig_path" {
  description = "Path of a kubeconfig file on this machine. Null if kubeconfig is given."
  type        = string
  default     = null

  validation {
    condition     = (var.kubeconfig_path == null) != (var.kubeconfig == null)
    error_message = "Give exactly one of kubeconfig and kubeconfig_path."
  }
}

variable "generation" {
  description = "A value that changes when the cluster is recreated, if its kubeconfig does not."
  type        = string
  default     = ""
}

variable "install" {
  description = "Whether to install Argo CD; false if it already runs in namespace argocd."
  type        = bool
  default     = true
}

variable "argocd_version" {
  description = "Tag of Argo CD to install: the pin \"argo-cd\", which dist/<cluster>/cluster.json has."
  type        = string

  validation {
    condition     = can(regex("^v3\\.\\d+\\.\\d+$", var.argocd_version))
    error_message = "The version must be a tag of Argo CD 3, such as v3.5.7."
  }
}

variable "high_availability" {
  description = "Whether to install Argo CD's high-availability variant; needs three nodes."
  type        = bool
  default     = true
}

variable "manifest_sha256" {
  description = "SHA-256 of upstream's install manifests by their paths in its repository: the files of the pin \"argo-cd\". A manifest that differs is not applied."
  type        = map(string)
}

variable "install_manifest" {
  description = "Location, a URL or path, and SHA-256 of the install manifest, for a mirror. Null for the upstream manifest of argocd_version."
  type        = object({ location = string, sha256 = string })
  default     = null
}

variable "repository_credential" {
  description = <<-EOT
    How to get the repository's credential; null for a public repository. The command runs during apply and prints a JSON
    object with the fields of Argo CD's repository Secret (username and password; sshPrivateKey; githubAppID,
    githubAppInstallationID and githubAppPrivateKey). Its output goes to the cluster, never to the state. A new version
    runs the command again.
  EOT
  type = object({
    command = list(string)
    version = string
  })
  default = null

  validation {
    condition     = var.repository_credential == null || length(try(var.repository_credential.command, [])) > 0
    error_message = "The command must not be empty."
  }
}
