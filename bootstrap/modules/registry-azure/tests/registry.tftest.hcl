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

run "nodes_may_pull_and_the_admin_account_is_disabled" {
  command = plan

  assert {
    condition     = azurerm_container_registry.cluster.name == "exampletest" && !azurerm_container_registry.cluster.admin_enabled && azurerm_role_assignment.pull["nodes"].role_definition_name == "AcrPull"
    error_message = "The admin account must be disabled, and nodes may only pull."
  }
}

run "replicas_serve_images" {
  command = plan

  assert {
    condition     = alltrue([for replica in azurerm_container_registry.cluster.georeplications : replica.global_endpoint_routing_enabled])
    error_message = "A replica without an endpoint of its own is no help if the other region is lost."
  }
}

run "rejects_replication_without_premium" {
  command = plan

  variables {
    sku = "Basic"
  }

  expect_failures = [var.geo_replications]
}
