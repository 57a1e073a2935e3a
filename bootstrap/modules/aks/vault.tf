# The cluster's Key Vault: its secrets, which External Secrets reads and writes, and the key of its disks. Deleted items
# stay for 90 days and cannot be purged: a vault recreated under the same name recovers them.

data "azurerm_client_config" "current" {}

resource "azurerm_key_vault" "cluster" {
  name                       = var.name
  location                   = var.location
  resource_group_name        = var.resource_group_name
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  soft_delete_retention_days = 90
  tags                       = var.tags

  network_acls {
    default_action = "Deny"
    # Disk encryption accesses the key as a trusted Azure service.
    bypass                     = "AzureServices"
    ip_rules                   = var.operator_cidrs
    virtual_network_subnet_ids = values(var.subnet_ids)
  }
}

resource "azurerm_role_assignment" "operators" {
  for_each = toset(["Key Vault Secrets Officer", "Key Vault Crypto Officer"])

  scope                = azurerm_key_vault.cluster.id
  role_definition_name = each.key
  principal_id         = var.admin_group_id
  principal_type       = "Group"
  description          = "Administrators rotate secrets and keys."
}

# Role assignments take a while to propagate, and the key below needs them.
resource "terraform_data" "role_propagation" {
  triggers_replace = [for assignment in azurerm_role_assignment.operators : assignment.id]

  provisioner "local-exec" {
    command = "sleep 120"
  }
}

resource "azurerm_key_vault_key" "disks" {
  name         = "disks"
  key_vault_id = azurerm_key_vault.cluster.id
  key_type     = "RSA"
  key_size     = 3072
  key_opts     = ["wrapKey", "unwrapKey"]
  tags         = var.tags

  rotation_policy {
    expire_after         = "P2Y"
    notify_before_expiry = "P30D"

    automatic {
      time_after_creation = "P1Y"
    }
  }

  # Each rotation gives it another date, which is no difference: to set one back would replace the key, and the disks with it.
  lifecycle {
    ignore_changes = [expiration_date]
  }

  depends_on = [terraform_data.role_propagation]
}

resource "azurerm_disk_encryption_set" "disks" {
  name                      = "${var.name}-disks"
  location                  = var.location
  resource_group_name       = var.resource_group_name
  key_vault_key_id          = azurerm_key_vault_key.disks.versionless_id
  auto_key_rotation_enabled = true
  tags                      = var.tags

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "disk_key" {
  scope                = azurerm_key_vault_key.disks.resource_versionless_id
  role_definition_name = "Key Vault Crypto Service Encryption User"
  principal_id         = azurerm_disk_encryption_set.disks.identity[0].principal_id
  principal_type       = "ServicePrincipal"
  description          = "Disks are encrypted with this key."
}

resource "azurerm_monitor_diagnostic_setting" "vault" {
  name                       = "audit"
  target_resource_id         = azurerm_key_vault.cluster.id
  log_analytics_workspace_id = var.log_analytics_workspace_id

  enabled_log {
    category_group = "audit"
  }
}
