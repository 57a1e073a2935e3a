mock_provider "azurerm" {}

variables {
  resource_group_name  = "example-terraform-state"
  storage_account_name = "exampleterraformstate"
  container_name       = "state"
  location             = "westeurope"
  tags                 = {}
  recovery_days        = 90
  operator_cidrs       = ["203.0.113.0/24", "198.51.100.7/32"]
  admin_group_id       = "00000000-0000-4000-8000-000000000001"
}

run "recoverable_and_private" {
  command = plan

  assert {
    condition     = azurerm_storage_account.state.blob_properties[0].versioning_enabled && azurerm_management_lock.state.lock_level == "CanNotDelete"
    error_message = "Versions must be retained, and the account must be protected from deletion."
  }

  assert {
    condition     = !azurerm_storage_account.state.shared_access_key_enabled && azurerm_storage_account.state.network_rules[0].ip_rules == toset(["203.0.113.0/24", "198.51.100.7"])
    error_message = "Account keys must be disabled and other addresses blocked."
  }
}
