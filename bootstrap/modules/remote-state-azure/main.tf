# The storage account with the state of every root on Azure, including its own. Locks are blob leases.

resource "azurerm_resource_group" "state" {
  name     = var.resource_group_name
  location = var.location
  tags     = var.tags
}

resource "azurerm_storage_account" "state" {
  name                = var.storage_account_name
  location            = var.location
  resource_group_name = azurerm_resource_group.state.name
  tags                = var.tags

  account_kind                      = "StorageV2"
  account_tier                      = "Standard"
  account_replication_type          = "GZRS"
  min_tls_version                   = "TLS1_2"
  https_traffic_only_enabled        = true
  infrastructure_encryption_enabled = true
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  # Access by Entra ID only, without account keys.
  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  local_user_enabled              = false

  # A deleted or corrupted state can be recovered from an earlier version.
  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = var.recovery_days
    }

    container_delete_retention_policy {
      days = var.recovery_days
    }
  }

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"]
    # Storage firewalls take a single address without /32.
    ip_rules = [for cidr in var.operator_cidrs : trimsuffix(cidr, "/32")]
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_storage_container" "state" {
  name                  = var.container_name
  storage_account_id    = azurerm_storage_account.state.id
  container_access_type = "private"

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_storage_management_policy" "state" {
  storage_account_id = azurerm_storage_account.state.id

  rule {
    name    = "remove-old-states"
    enabled = true

    filters {
      blob_types = ["blockBlob"]
    }

    actions {
      version {
        delete_after_days_since_creation = var.recovery_days
      }
    }
  }
}

resource "azurerm_management_lock" "state" {
  name       = "state"
  scope      = azurerm_storage_account.state.id
  lock_level = "CanNotDelete"
  notes      = "Without its state Terraform knows of nothing that it made."
}

# Scoped to the resource group, which contains nothing else: the lock would prevent removal of role assignments at the
# account.
resource "azurerm_role_assignment" "administrators" {
  scope                = azurerm_resource_group.state.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = var.admin_group_id
  principal_type       = "Group"
  description          = "Administrators run Terraform."
}
