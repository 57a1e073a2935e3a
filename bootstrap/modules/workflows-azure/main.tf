# Identities that GitHub workflows use with OIDC, without stored keys: a read-only one for plans, one that applies
# approved plans, and one that publishes images. A registry itself says that the last one may push there.

locals {
  issuer = "https://token.actions.githubusercontent.com"

  # Azure compares subjects literally, without wildcards. Pull requests from forks get no token.
  subjects = {
    plan    = { pull-request = "pull_request", main = "ref:refs/heads/main" }
    apply   = { for name in var.environments : name => "environment:${name}" }
    publish = { main = "ref:refs/heads/main" }
  }

  # A name of an identity's credential is its own, also while the repository has subjects of both forms.
  prefixes = { for prefix in var.github_subject_prefixes : (strcontains(prefix, "@") ? "-by-id" : "") => prefix }

  credentials = merge(flatten([
    for identity, subjects in local.subjects : [
      for form, prefix in local.prefixes : {
        for name, subject in subjects :
        "${identity}/${name}${form}" => { identity = identity, name = "${name}${form}", subject = "${prefix}:${subject}" }
      }
    ]
  ])...)

  # Applying creates roles and assignments, which needs Owner: hence the approval.
  roles = {
    plan  = ["Reader", "Key Vault Reader", "Azure Kubernetes Service Cluster User Role"]
    apply = ["Owner"]
  }

  assignments = merge([
    for identity, names in local.roles : {
      for pair in setproduct(names, var.subscription_ids) :
      "${identity}/${pair[0]}/${pair[1]}" => { identity = identity, role = pair[0], scope = "/subscriptions/${pair[1]}" }
    }
  ]...)

  # Plans do not lock the state, which would need write access.
  state_roles = { plan = "Storage Blob Data Reader", apply = "Storage Blob Data Contributor" }
}

resource "azurerm_user_assigned_identity" "workflow" {
  for_each = local.subjects

  name                = "${var.name}-terraform-${each.key}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "workflow" {
  for_each = local.credentials

  name                      = each.value.name
  user_assigned_identity_id = azurerm_user_assigned_identity.workflow[each.value.identity].id
  issuer                    = local.issuer
  subject                   = each.value.subject
  audience                  = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "subscription" {
  for_each = local.assignments

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.workflow[each.value.identity].principal_id
  principal_type       = "ServicePrincipal"
  description          = "Workflows ${each.value.identity} what makes clusters."
}

resource "azurerm_role_assignment" "state" {
  for_each = local.state_roles

  scope                = var.state_scope
  role_definition_name = each.value
  principal_id         = azurerm_user_assigned_identity.workflow[each.key].principal_id
  principal_type       = "ServicePrincipal"
  description          = "Workflows ${each.key} with the state that is here."
}
