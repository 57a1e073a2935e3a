# A laptop's cluster: kind, and Argo CD in it.

locals {
  repository = "${path.root}/../../.."
  pins       = jsondecode(file("${local.repository}/clusters/local/pins.json"))
}

module "kind" {
  source = "../../modules/kind"

  cluster         = "local"
  config          = "${path.root}/../../kind.yaml"
  kubeconfig_path = "${path.root}/kubeconfig"
}

module "argocd" {
  source = "../../modules/argocd"

  cluster           = "local"
  dist              = "${local.repository}/dist/local"
  kubeconfig_path   = module.kind.kubeconfig_path
  generation        = module.kind.generation
  argocd_version    = local.pins["argo-cd"].version
  high_availability = false
}
