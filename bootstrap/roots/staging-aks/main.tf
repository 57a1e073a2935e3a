# The first cluster to get every change: small, one NAT gateway for all zones, backups in one region.
module "cluster" {
  source = "../../modules/cluster-azure"

  cluster      = "staging-aks"
  location     = "westeurope"
  vnet_cidr    = "10.10.0.0/16"
  pod_cidr     = "10.244.0.0/16"
  service_cidr = "172.16.0.0/16"
  zones        = ["1", "2", "3"]
  nat_per_zone = false
  private      = false
  sku_tier     = "Free"
  system_pool  = { vm_size = "Standard_D4as_v5", min = 1, max = 2 }
  apps_pool    = null
  backups      = { replication = "ZRS", locked_days = 7 }
  registry     = { sku = "Basic" }
  databases    = {}

  host_encryption      = false
  external_dns_deletes = false

  # The domain gets a zone of its own. The parent zone is delegated by hand: the plan shows the name servers.
  existing_zone  = null
  challenge_zone = null
  parent_zone    = null
}
