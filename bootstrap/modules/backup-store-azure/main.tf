# Where Velero's backups lie: in a resource group that does not go with the cluster. Versions keep what is overwritten or
# deleted, the immutability policy keeps the versions, and neither needs the trust of who writes. There is no management
# lock: one would keep a cluster's rights from being taken away with it.

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
  # No key opens it: who reads or writes signs in.
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
    # Storage takes a single address without its length.
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

# What Velero has expired is a version that nobody reads: it goes a week after its lock has run out.
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
