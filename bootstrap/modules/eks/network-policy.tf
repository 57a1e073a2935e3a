# Auto Mode enforces NetworkPolicies only once enabled by this ConfigMap. It must exist before the first pod runs, and
# so before Argo CD takes over.

locals {
  kubeconfig = yamlencode({
    apiVersion      = "v1"
    kind            = "Config"
    current-context = var.name
    clusters = [{
      name = var.name
      cluster = {
        server                     = aws_eks_cluster.this.endpoint
        certificate-authority-data = aws_eks_cluster.this.certificate_authority[0].data
      }
    }]
    contexts = [{ name = var.name, context = { cluster = var.name, user = var.name } }]
    users = [{
      name = var.name
      user = {
        exec = {
          apiVersion      = "client.authentication.k8s.io/v1"
          command         = "aws"
          args            = ["eks", "get-token", "--cluster-name", var.name, "--region", data.aws_region.current.region, "--output", "json"]
          interactiveMode = "Never"
        }
      }
    }]
  })

  network_policy = jsonencode({
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "amazon-vpc-cni", namespace = "kube-system" }
    data       = { enable-network-policy-controller = "true" }
  })
}

resource "terraform_data" "network_policy" {
  triggers_replace = [aws_eks_cluster.this.created_at, local.network_policy]

  provisioner "local-exec" {
    interpreter = ["bash", "-euo", "pipefail", "-c"]
    command     = <<-EOT
      kubeconfig=$(mktemp)
      trap 'rm -f "$kubeconfig"' EXIT
      printf '%s' "$KUBECONFIG_TEXT" >"$kubeconfig"
      # A new access entry takes up to a minute to take effect.
      for attempt in $(seq 1 18); do
        if printf '%s' "$MANIFEST" | kubectl --kubeconfig "$kubeconfig" apply --server-side --force-conflicts --field-manager slipway-bootstrap -f -; then exit 0; fi
        sleep 10
      done
      echo 'Network policy enforcement could not be enabled: see the messages above.' >&2
      exit 1
    EOT

    environment = {
      KUBECONFIG_TEXT = local.kubeconfig
      MANIFEST        = local.network_policy
    }
  }

  depends_on = [aws_eks_access_policy_association.administrator]
}
