# Where it lies is said once for all roots: `terraform init -backend-config=../azurerm.tfbackend`.
terraform {
  backend "azurerm" {
    key = "staging-aks.tfstate"
  }
}
