# Hands a cluster over to Argo CD: installs it, creates the repository's credential, applies its settings and the root
# Application. From then on Argo CD manages itself like everything else, and a later apply changes nothing. A new cluster
# has no rendered manifests yet, since they need its facts: it gets Argo CD alone, and the next apply hands it over. Uses
# only built-in resources and kubectl, so that it works with any API server.

locals {
  root_file = "${var.dist}/applications/Application.root.yaml"
  rendered  = fileexists(local.root_file)
  root      = local.rendered ? yamldecode(file(local.root_file)) : null

  path = "manifests/${var.high_availability ? "ha/" : ""}install.yaml"
  upstream = {
    location = "https://raw.githubusercontent.com/argoproj/argo-cd/${var.argocd_version}/${local.path}"
    sha256   = lookup(var.manifest_sha256, local.path, "")
  }
  manifest = var.install_manifest == null ? local.upstream : var.install_manifest

  # Input of the destroy provisioner; stored in the state, so it must not be secret.
  access = {
    KUBECONFIG_TEXT = var.kubeconfig == null ? "" : var.kubeconfig
    KUBECONFIG_PATH = var.kubeconfig_path == null ? "" : abspath(var.kubeconfig_path)
  }

  # A change of any of these means a new cluster: every step runs again.
  identity = [var.cluster, var.kubeconfig, var.generation]
}

# The only destroy provisioner: replacing a step for a new version or credential must not remove the old one first.
resource "terraform_data" "removal" {
  input = merge(local.access, {
    MANIFEST        = var.install ? local.manifest.location : ""
    MANIFEST_SHA256 = var.install ? local.manifest.sha256 : ""
  })

  provisioner "local-exec" {
    when        = destroy
    command     = "bash '${path.module}/step.sh' remove"
    environment = self.output
  }
}

resource "terraform_data" "installation" {
  count = var.install ? 1 : 0

  triggers_replace = [local.identity, local.manifest, var.argocd_version]

  lifecycle {
    precondition {
      condition     = local.manifest.sha256 != ""
      error_message = "The SHA-256 of ${local.path} of Argo CD ${var.argocd_version} is not known, so it cannot be verified: run \"npx slipway pins --write\", which adds it to the pin \"argo-cd\", and \"npm run synth\"."
    }
  }

  provisioner "local-exec" {
    command     = "bash '${path.module}/step.sh' install"
    environment = merge(local.access, { MANIFEST = local.manifest.location, MANIFEST_SHA256 = local.manifest.sha256 })
  }

  depends_on = [terraform_data.removal]
}

resource "terraform_data" "credential" {
  count = local.rendered && var.repository_credential != null ? 1 : 0

  triggers_replace = [local.identity, local.root.spec.source.repoURL, var.repository_credential]

  provisioner "local-exec" {
    command = "bash '${path.module}/step.sh' credential"
    environment = merge(local.access, {
      REPOSITORY = local.root.spec.source.repoURL
      # Each argument quoted for the shell.
      CREDENTIAL_COMMAND = join(" ", [for word in var.repository_credential.command : "'${replace(word, "'", "'\\''")}'"])
    })
  }

  depends_on = [terraform_data.installation]
}

resource "terraform_data" "hand_over" {
  count = local.rendered ? 1 : 0

  triggers_replace = [local.identity]

  lifecycle {
    precondition {
      condition     = local.root.spec.source.path == "dist/${var.cluster}/applications"
      error_message = "The root Application in ${var.dist} syncs ${local.root.spec.source.path}, not cluster ${var.cluster}: give the path of dist/${var.cluster}."
    }
  }

  provisioner "local-exec" {
    command     = "bash '${path.module}/step.sh' hand-over"
    environment = merge(local.access, { DIST = abspath(var.dist) })
  }

  depends_on = [terraform_data.removal, terraform_data.installation, terraform_data.credential]
}

# A warning: the apply itself is good.
check "handed_over" {
  assert {
    condition     = local.rendered
    error_message = "Cluster ${var.cluster} runs Argo CD but syncs nothing yet, since dist/${var.cluster} holds no root Application. Run \"npx slipway facts ${var.cluster}\" and \"npm run synth\", push, and apply once more."
  }
}
