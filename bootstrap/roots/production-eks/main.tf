# Production in North America, on AWS: a NAT gateway per zone, and backups replicated to another region. The file
# destroy-allowed, which permits the destroy workflow, also lifts AWS's deletion protection once it is applied.
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
  databases            = {}

  # The domain gets a zone of its own, which is delegated by hand: the plan shows the name servers.
  existing_zone = null

  # Challenges are answered in the domain's own zone.
  challenge_zone = null
}

# For the provider's default tags and account.
module "settings" {
  source = "../../modules/settings"

  cluster = "production-eks"
}
