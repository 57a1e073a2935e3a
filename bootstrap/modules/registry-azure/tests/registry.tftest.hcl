mock_provider "azurerm" {}

variables {
  name                = "example-test"
  location            = "westeurope"
  tags                = {}
  resource_group_name = "example-test"
  sku                 = "Premium"
  geo_replications    = ["northeurope"]
  pullers             = { nodes = "00000000-0000-4000-8000-000000000001" }
  image_registry      = "exampletest.azurecr.io/slipway"
  publisher           = "00000000-0000-4000-8000-000000000002"
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

run "who_publishes_may_push_to_this_registry_alone" {
  # Scopes are known once it is made.
  command = apply

  assert {
    condition     = azurerm_role_assignment.push[0].role_definition_name == "AcrPush" && azurerm_role_assignment.push[0].scope == azurerm_container_registry.cluster.id && azurerm_role_assignment.push[0].principal_id == "00000000-0000-4000-8000-000000000002"
    error_message = "Who publishes may push to this registry, and nothing else."
  }
}

run "nobody_may_push_if_images_are_elsewhere" {
  command = plan

  variables {
    image_registry = "exampletest2.azurecr.io/slipway"
  }

  assert {
    condition     = length(azurerm_role_assignment.push) == 0
    error_message = "Who publishes elsewhere may not push here."
  }
}

run "refuses_to_be_published_to_by_nobody" {
  command = plan

  variables {
    publisher = null
  }

  expect_failures = [azurerm_role_assignment.push]
}
