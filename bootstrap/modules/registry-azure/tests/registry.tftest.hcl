mock_provider "azurerm" {}

variables {
  name                = "example-test"
  location            = "westeurope"
  tags                = {}
  resource_group_name = "example-test"
  sku                 = "Premium"
  geo_replications    = ["northeurope"]
  pullers             = { nodes = "00000000-0000-4000-8000-000000000001" }
}

run "nodes_pull_and_nobody_signs_in_with_a_password" {
  command = plan

  assert {
    condition     = azurerm_container_registry.cluster.name == "exampletest" && !azurerm_container_registry.cluster.admin_enabled && azurerm_role_assignment.pull["nodes"].role_definition_name == "AcrPull"
    error_message = "The registry must have no administrator's password, and nodes may only pull."
  }
}

run "only_premium_is_copied_to_other_regions" {
  command = plan

  variables {
    sku = "Basic"
  }

  expect_failures = [var.geo_replications]
}
