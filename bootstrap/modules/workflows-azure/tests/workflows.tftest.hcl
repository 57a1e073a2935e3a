mock_provider "azurerm" {}

variables {
  name                = "example"
  location            = "westeurope"
  resource_group_name = "example-terraform-state"
  tags                = {}
  github_repository   = "example/slipway"
  environments        = ["staging-aks", "production-aks"]
  subscription_ids    = ["00000000-0000-4000-8000-000000000001"]
  state_scope         = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-terraform-state"
}

run "least_privilege" {
  command = plan

  assert {
    condition = toset([for name, credential in azurerm_federated_identity_credential.workflow : credential.subject if startswith(name, "apply/")]) == toset([
      "repo:example/slipway:environment:production-aks",
      "repo:example/slipway:environment:staging-aks",
    ])
    error_message = "Only jobs of an environment may use the identity that applies."
  }

  assert {
    condition     = alltrue([for name, assignment in azurerm_role_assignment.subscription : assignment.role_definition_name != "Owner" if startswith(name, "plan/")])
    error_message = "The plan identity must not be Owner."
  }
}

run "rejects_a_wildcard_environment" {
  command = plan

  variables {
    environments = ["*"]
  }

  expect_failures = [var.environments]
}
