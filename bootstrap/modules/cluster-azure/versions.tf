terraform {
  required_version = "~> 1.11"

  required_providers {
    # Its parts use it, and its tests mock it.
    # tflint-ignore: terraform_unused_required_providers
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.10"
    }
  }
}
