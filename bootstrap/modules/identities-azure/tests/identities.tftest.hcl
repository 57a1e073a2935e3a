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

    challenges = {
      zone_id           = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/dns/providers/Microsoft.Network/dnsZones/test.example.com"
      resource_group_id = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/dns"
    }
  }

  backups = {
    container_id       = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/backups/providers/Microsoft.Storage/storageAccounts/b/blobServices/default/containers/velero"
    storage_account_id = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/backups/providers/Microsoft.Storage/storageAccounts/b"
    resource_group_id  = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/backups"
  }
}

run "service_accounts" {
  command = plan

  assert {
    condition = toset([for credential in azurerm_federated_identity_credential.service_account : credential.subject]) == toset([
      "system:serviceaccount:cert-manager:cert-manager",
      "system:serviceaccount:external-dns:external-dns",
      "system:serviceaccount:external-secrets:external-secrets",
      "system:serviceaccount:velero:velero",
      "system:serviceaccount:velero:node-agent",
    ])
    error_message = "Exactly the ServiceAccounts of each component may use its identity."
  }
}

run "least_privilege" {
  command = plan

  assert {
    condition = !anytrue(flatten([
      for role in azurerm_role_definition.component : [
        for action in setunion(role.permissions[0].actions, role.permissions[0].data_actions) :
        strcontains(action, "*") || strcontains(action, "Authorization") || strcontains(lower(action), "version") || strcontains(action, "permanentDelete") || endswith(action, "containers/delete")
      ]
    ]))
    error_message = "No role may use wildcards, grant permissions, or destroy a version or a container."
  }

  assert {
    condition     = !anytrue([for action in azurerm_role_definition.component["external-dns"].permissions[0].actions : endswith(action, "/delete")])
    error_message = "external-dns may delete records only if external_dns_deletes is true."
  }

  assert {
    condition     = !anytrue([for action in azurerm_role_definition.component["external-secrets"].permissions[0].data_actions : strcontains(lower(action), "delete") || strcontains(lower(action), "purge")])
    error_message = "External Secrets must not be able to delete secrets."
  }
}

run "records_only_in_the_zone" {
  command = plan

  assert {
    condition = alltrue([
      for name, assignment in azurerm_role_assignment.component : assignment.scope == var.dns.zone_id
      if contains(["cert-manager", "external-dns"], name)
    ]) && azurerm_role_definition.component["external-dns-zones"].permissions[0].actions == tolist(["Microsoft.Network/dnsZones/read"])
    error_message = "Outside of the zone only listing zones is allowed."
  }
}

run "external_dns_deletes" {
  command = plan

  variables {
    external_dns_deletes = true
  }

  assert {
    condition     = contains(azurerm_role_definition.component["external-dns"].permissions[0].actions, "Microsoft.Network/dnsZones/A/delete")
    error_message = "With external_dns_deletes, external-dns must be able to delete records."
  }
}
