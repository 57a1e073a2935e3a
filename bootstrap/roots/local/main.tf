# A local kind cluster with Argo CD.

module "settings" {
  source = "../../modules/settings"

  cluster = "local"
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
  dist              = module.settings.dist
  kubeconfig_path   = module.kind.kubeconfig_path
  generation        = module.kind.generation
  argocd_version    = module.settings.argocd_version
  manifest_sha256   = module.settings.argocd_manifest_hashes
  high_availability = false
}
