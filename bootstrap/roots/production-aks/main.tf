# Production in Europe: an API server with an SLA, zones that fail alone, backups in another region too.
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

  host_encryption      = true
  external_dns_deletes = false

  # Who keeps the zone above the cluster's delegates by hand: a plan says what to.
  parent_zone = null
}
