mock_provider "azurerm" {}

variables {
  name                    = "example"
  location                = "westeurope"
  resource_group_name     = "example-terraform-state"
  tags                    = {}
  github_subject_prefixes = ["repo:example/slipway"]
  environments            = ["staging-aks", "production-aks"]
  subscription_ids        = ["00000000-0000-4000-8000-000000000001"]
  state_scope             = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-terraform-state"
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
    condition     = [for name, credential in azurerm_federated_identity_credential.workflow : credential.subject if startswith(name, "publish/")] == ["repo:example/slipway:ref:refs/heads/main"]
    error_message = "Only workflows on main may publish images."
  }

  assert {
    condition     = alltrue([for name in concat(keys(azurerm_role_assignment.subscription), keys(azurerm_role_assignment.state)) : !startswith(name, "publish")])
    error_message = "The identity that publishes must have no role in a subscription or on states."
  }

  assert {
    condition     = alltrue([for name, assignment in azurerm_role_assignment.subscription : assignment.role_definition_name != "Owner" if startswith(name, "plan/")])
    error_message = "The plan identity must not be Owner."
  }
}

run "immutable_subjects" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example@1001/slipway@2002"]
  }

  assert {
    condition = { for name, credential in azurerm_federated_identity_credential.workflow : name => credential.subject } == {
      "plan/pull-request-by-id"    = "repo:example@1001/slipway@2002:pull_request"
      "plan/main-by-id"            = "repo:example@1001/slipway@2002:ref:refs/heads/main"
      "apply/staging-aks-by-id"    = "repo:example@1001/slipway@2002:environment:staging-aks"
      "apply/production-aks-by-id" = "repo:example@1001/slipway@2002:environment:production-aks"
      "publish/main-by-id"         = "repo:example@1001/slipway@2002:ref:refs/heads/main"
    }
    error_message = "Tokens with ids must be trusted by their ids."
  }
}

run "both_forms_while_a_repository_moves" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example/slipway", "repo:example@1001/slipway@2002"]
  }

  assert {
    condition     = length(azurerm_federated_identity_credential.workflow) == 10
    error_message = "Each subject must be trusted in both forms."
  }
}

run "rejects_a_wildcard_environment" {
  command = plan

  variables {
    environments = ["*"]
  }

  expect_failures = [var.environments]
}

run "rejects_a_subject_with_one_id" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example@1/slipway"]
  }

  expect_failures = [var.github_subject_prefixes]
}

run "rejects_any_repository_of_an_owner" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example/*"]
  }

  expect_failures = [var.github_subject_prefixes]
}

run "rejects_a_second_repository" {
  command = plan

  variables {
    github_subject_prefixes = ["repo:example/slipway", "repo:example/another"]
  }

  expect_failures = [var.github_subject_prefixes]
}
