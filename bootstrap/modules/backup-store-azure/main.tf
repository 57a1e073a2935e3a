# The store of Velero's backups, in a resource group that outlives the cluster. Versioning retains overwritten and
# deleted blobs, and the immutability policy retains the versions, even against the writer. There is no management lock,
# because it would prevent the removal of the cluster's role assignments.

resource "azurerm_resource_group" "backups" {
  name     = "${var.name}-backups"
  location = var.location
  tags     = var.tags
}

resource "azurerm_storage_account" "backups" {
  name                = replace(var.name, "-", "")
  location            = var.location
  resource_group_name = azurerm_resource_group.backups.name
  tags                = var.tags

  account_kind                      = "StorageV2"
  account_tier                      = "Standard"
  account_replication_type          = var.replication
  min_tls_version                   = "TLS1_2"
  https_traffic_only_enabled        = true
  infrastructure_encryption_enabled = true
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  # Access by Entra ID only, without account keys.
  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  local_user_enabled              = false

  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = var.locked_days
    }

    container_delete_retention_policy {
      days = var.locked_days
    }
  }

  immutability_policy {
    allow_protected_append_writes = false
    period_since_creation_in_days = var.locked_days
    state                         = var.locked_for_good ? "Locked" : "Unlocked"
  }

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"]
    # Storage firewalls take a single address without /32.
    ip_rules                   = [for cidr in var.operator_cidrs : trimsuffix(cidr, "/32")]
    virtual_network_subnet_ids = var.subnet_ids
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_storage_container" "velero" {
  name                  = "velero"
  storage_account_id    = azurerm_storage_account.backups.id
  container_access_type = "private"

  lifecycle {
    prevent_destroy = true
  }
}

# Versions of expired backups are deleted a week after their lock has expired.
resource "azurerm_storage_management_policy" "backups" {
  storage_account_id = azurerm_storage_account.backups.id

  rule {
    name    = "expire-versions"
    enabled = true

    filters {
      blob_types = ["blockBlob"]
    }

    actions {
      version {
        delete_after_days_since_creation = var.locked_days + 7
      }
    }
  }
}
