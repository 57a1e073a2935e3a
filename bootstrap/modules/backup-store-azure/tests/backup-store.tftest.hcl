mock_provider "azurerm" {}

variables {
  name            = "example-test"
  location        = "westeurope"
  tags            = {}
  replication     = "ZRS"
  locked_days     = 7
  locked_for_good = false
  subnet_ids      = []
  operator_cidrs  = ["203.0.113.0/24"]
}

run "backups_are_immutable" {
  command = plan

  assert {
    condition     = azurerm_storage_account.backups.blob_properties[0].versioning_enabled && azurerm_storage_account.backups.immutability_policy[0].period_since_creation_in_days == 7
    error_message = "Versions must be retained and locked."
  }

  assert {
    condition     = one(azurerm_storage_management_policy.backups.rule).actions[0].version[0].delete_after_days_since_creation > var.locked_days
    error_message = "A version must not expire while it is locked."
  }

  assert {
    condition     = !azurerm_storage_account.backups.shared_access_key_enabled && azurerm_storage_account.backups.network_rules[0].default_action == "Deny"
    error_message = "Account keys must be disabled and other addresses blocked."
  }
}
