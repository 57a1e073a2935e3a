# The location is shared by all roots: `terraform init -backend-config=../azurerm.tfbackend`.
terraform {
  backend "azurerm" {
    key = "staging-aks.tfstate"
  }
}
