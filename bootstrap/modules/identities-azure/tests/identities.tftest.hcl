mock_provider "azurerm" {}

variables {
  name                 = "example-test"
  location             = "westeurope"
  tags                 = {}
  external_dns_deletes = false
  resource_group_name  = "example-test"
  resource_group_id    = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test"
  oidc_issuer_url      = "https://issuer.example.com/"
  key_vault_id         = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test/providers/Microsoft.KeyVault/vaults/example-test"

  dns = {
    zone_id           = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/dns/providers/Microsoft.Network/dnsZones/test.example.com"
    resource_group_id = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/dns"
  }

  backups = {
    container_id       = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/backups/providers/Microsoft.Storage/storageAccounts/b/blobServices/default/containers/velero"
    storage_account_id = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/backups/providers/Microsoft.Storage/storageAccounts/b"
    resource_group_id  = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/backups"
  }
}

run "service_accounts_are_those_of_the_components" {
  command = plan

  assert {
    condition = toset([for credential in azurerm_federated_identity_credential.service_account : credential.subject]) == toset([
      "system:serviceaccount:cert-manager:cert-manager",
      "system:serviceaccount:external-dns:external-dns",
      "system:serviceaccount:external-secrets:external-secrets",
      "system:serviceaccount:velero:velero",
      "system:serviceaccount:velero:node-agent",
    ])
    error_message = "Each component's ServiceAccounts, and no other, may take its identity."
  }
}

run "no_role_destroys_or_grants" {
  command = plan

  assert {
    condition = !anytrue(flatten([
      for role in azurerm_role_definition.component : [
        for action in setunion(role.permissions[0].actions, role.permissions[0].data_actions) :
        strcontains(action, "*") || strcontains(action, "Authorization") || strcontains(lower(action), "version") || strcontains(action, "permanentDelete") || endswith(action, "containers/delete")
      ]
    ]))
    error_message = "No role may hold a star, grant rights, or destroy a version or a container."
  }

  assert {
    condition     = !anytrue([for action in azurerm_role_definition.component["external-dns"].permissions[0].actions : endswith(action, "/delete")])
    error_message = "external-dns deletes nothing unless it is told to."
  }

  assert {
    condition     = !anytrue([for action in azurerm_role_definition.component["external-secrets"].permissions[0].data_actions : strcontains(lower(action), "delete") || strcontains(lower(action), "purge")])
    error_message = "External Secrets deletes no secret."
  }
}

run "records_can_be_written_in_the_zone_only" {
  command = plan

  assert {
    condition = alltrue([
      for name, assignment in azurerm_role_assignment.component : assignment.scope == var.dns.zone_id
      if contains(["cert-manager", "external-dns"], name)
    ]) && azurerm_role_definition.component["external-dns-zones"].permissions[0].actions == tolist(["Microsoft.Network/dnsZones/read"])
    error_message = "Beyond the zone, reading the list of zones is all."
  }
}

run "external_dns_deletes_where_it_is_told_to" {
  command = plan

  variables {
    external_dns_deletes = true
  }

  assert {
    condition     = contains(azurerm_role_definition.component["external-dns"].permissions[0].actions, "Microsoft.Network/dnsZones/A/delete")
    error_message = "With the policy sync, records are deleted."
  }
}
