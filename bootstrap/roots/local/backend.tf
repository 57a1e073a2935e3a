# The state stays on the laptop, with the cluster.
terraform {
  backend "local" {}
}
