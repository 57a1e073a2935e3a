terraform {
  required_version = "~> 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "5.10.0"
    }
  }
}

# Credentials and subscription come from the environment: ARM_SUBSCRIPTION_ID, and in CI ARM_USE_OIDC.
provider "azurerm" {
  storage_use_azuread = true
  # Registering is an administrator's, once for each subscription: the identity that plans may only read.
  resource_provider_registrations = "none"

  features {
    # Never delete resources that Terraform did not create.
    resource_group {
      prevent_deletion_if_contains_resources = true
    }

    # A recreated vault recovers its soft-deleted contents.
    key_vault {
      purge_soft_delete_on_destroy       = false
      purge_soft_deleted_keys_on_destroy = false
      recover_soft_deleted_key_vaults    = true
      recover_soft_deleted_keys          = true
    }

    # Accounts are managed through the control plane only: their firewalls block the data plane.
    storage {
      data_plane_available = false
    }
  }
}
