# Local state, like the cluster.
terraform {
  backend "local" {}
}
