terraform {
  required_version = "~> 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "4.55.0"
    }
  }
}

# Who signs in, and to which subscription, is said by the environment: ARM_SUBSCRIPTION_ID, and in CI ARM_USE_OIDC.
provider "azurerm" {
  storage_use_azuread = true

  features {
    # Keeps what somebody else put into a resource group.
    resource_group {
      prevent_deletion_if_contains_resources = true
    }

    # A vault is made again with what was in it.
    key_vault {
      purge_soft_delete_on_destroy       = false
      purge_soft_deleted_keys_on_destroy = false
      recover_soft_deleted_key_vaults    = true
      recover_soft_deleted_keys          = true
    }

    # Accounts are made by Azure's own API alone, since their firewalls let hardly anybody in.
    storage {
      data_plane_available = false
    }
  }
}
