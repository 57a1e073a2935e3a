# Production in North America, on AWS: three ways out, and a copy of the backups on the other coast. The file that lets
# the destroy workflow go on has AWS let it, too, once it is applied.
module "cluster" {
  source = "../../modules/cluster-aws"

  cluster              = "production-eks"
  vpc_cidr             = "10.30.0.0/16"
  service_cidr         = "172.20.0.0/16"
  nat_per_zone         = true
  deletion_protection  = !fileexists("${path.root}/destroy-allowed")
  images               = ["items", "restaurants", "whoami"]
  backups              = { lock_days = 30, replica_region = "us-west-2" }
  external_dns_deletes = false
}

# For the provider: what it tags, and where it may work.
module "settings" {
  source = "../../modules/settings"

  cluster = "production-eks"
}
