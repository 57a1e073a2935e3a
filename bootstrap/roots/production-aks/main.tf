# Production in Europe: SLA for the API server, a NAT gateway per zone, backups also in the paired region.
module "cluster" {
  source = "../../modules/cluster-azure"

  cluster      = "production-aks"
  location     = "westeurope"
  vnet_cidr    = "10.20.0.0/16"
  pod_cidr     = "10.244.0.0/16"
  service_cidr = "172.16.0.0/16"
  zones        = ["1", "2", "3"]
  nat_per_zone = true
  private      = false
  sku_tier     = "Standard"
  system_pool  = { vm_size = "Standard_D2as_v5", min = 1, max = 2 }
  apps_pool    = { vm_size = "Standard_D4as_v5", min = 1, max = 4 }
  backups      = { replication = "GZRS", locked_days = 30 }
  registry     = { sku = "Premium", geo_replications = ["northeurope"] }
  databases    = {}

  host_encryption      = true
  external_dns_deletes = false

  # The domain gets a zone of its own. The parent zone is delegated by hand: the plan shows the name servers.
  existing_zone  = null
  challenge_zone = null
  parent_zone    = null
}
