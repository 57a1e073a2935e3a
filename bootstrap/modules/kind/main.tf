# A local cluster, created with the kind CLI instead of a provider, so that it works wherever Docker does.

locals {
  kind = {
    CLUSTER    = var.cluster
    KUBECONFIG = abspath(var.kubeconfig_path)
  }
}

resource "terraform_data" "cluster" {
  input            = local.kind
  triggers_replace = [var.cluster, filesha256(var.config)]

  provisioner "local-exec" {
    command     = "kind create cluster --name \"$CLUSTER\" --config \"$CONFIG\" --wait 5m"
    environment = merge(local.kind, { CONFIG = abspath(var.config) })
  }

  provisioner "local-exec" {
    when        = destroy
    command     = "kind delete cluster --name \"$CLUSTER\" && rm -f \"$KUBECONFIG\""
    environment = self.output
  }
}
