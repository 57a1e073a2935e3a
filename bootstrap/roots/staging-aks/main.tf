# Where every change goes first: small, one way out for all zones, backups in one region.
module "cluster" {
  source = "../../modules/cluster-azure"

  cluster      = "staging-aks"
  location     = "westeurope"
  vnet_cidr    = "10.10.0.0/16"
  nat_per_zone = false
  sku_tier     = "Free"
  system_pool  = { vm_size = "Standard_D4as_v5", min = 1, max = 2 }
  backups      = { replication = "ZRS", locked_days = 7 }
  registry     = { sku = "Basic" }
}
