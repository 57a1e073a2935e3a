# A managed identity per component that calls Azure, bound to its ServiceAccounts by workload identity: the pod's token
# is exchanged for a short-lived Azure token, without keys. Roles have exactly the permissions that a component needs,
# at the narrowest scope.

locals {
  # ServiceAccounts by component; the component's name is also its namespace.
  service_accounts = {
    cert-manager     = ["cert-manager"]
    external-dns     = ["external-dns"]
    external-secrets = ["external-secrets"]
    velero           = ["velero", "node-agent"]
  }

  subjects = merge([
    for component, names in local.service_accounts : {
      for name in names : "${component}/${name}" => { component = component, name = name }
    }
  ]...)

  zones = "Microsoft.Network/dnsZones"
  blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
  verbs = var.external_dns_deletes ? ["read", "write", "delete"] : ["read", "write"]

  # One custom role per component and scope. A role can be assigned only within its resource group.
  roles = {
    cert-manager = {
      component    = "cert-manager"
      description  = "Proves the domain by DNS-01: TXT records of the zone."
      scope        = var.dns.challenges.zone_id
      group        = var.dns.challenges.resource_group_id
      actions      = [for verb in ["read", "write", "delete"] : "${local.zones}/TXT/${verb}"]
      data_actions = []
    }

    external-dns = {
      component   = "external-dns"
      description = "Writes the records of hosts, and beside each a TXT record that says whose it is."
      scope       = var.dns.zone_id
      group       = var.dns.resource_group_id
      actions = concat(
        ["${local.zones}/read", "${local.zones}/all/read", "${local.zones}/recordsets/read"],
        [for pair in setproduct(["A", "AAAA", "CNAME", "TXT"], local.verbs) : "${local.zones}/${pair[0]}/${pair[1]}"],
      )
      data_actions = []
    }

    external-dns-zones = {
      component    = "external-dns"
      description  = "Finds its zone by listing those of the resource group."
      scope        = var.dns.resource_group_id
      group        = var.dns.resource_group_id
      actions      = ["${local.zones}/read"]
      data_actions = []
    }

    external-secrets = {
      component   = "external-secrets"
      description = "Reads secrets, and writes those that were generated. It deletes none."
      scope       = var.key_vault_id
      group       = var.resource_group_id
      actions     = []
      data_actions = [
        for action in ["getSecret", "setSecret", "readMetadata"] : "Microsoft.KeyVault/vaults/secrets/${action}/action"
      ]
    }

    # Velero expires a backup by deleting blobs, which retains their versions. Deleting versions or the container are
    # other permissions, which no identity of the cluster has.
    velero = {
      component    = "velero"
      description  = "Writes and expires backups in the container. It can destroy none."
      scope        = var.backups.container_id
      group        = var.backups.resource_group_id
      actions      = ["Microsoft.Storage/storageAccounts/blobServices/containers/read"]
      data_actions = [for verb in ["read", "write", "add/action", "delete"] : "${local.blobs}/${verb}"]
    }

    velero-account = {
      component   = "velero"
      description = "Finds the container's address, and signs links to logs that people download."
      scope       = var.backups.storage_account_id
      group       = var.backups.resource_group_id
      actions = [
        "Microsoft.Storage/storageAccounts/read",
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
      ]
      data_actions = []
    }
  }
}

resource "azurerm_user_assigned_identity" "component" {
  for_each = local.service_accounts

  name                = "${var.name}-${each.key}"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "service_account" {
  for_each = local.subjects

  name                      = each.value.name
  user_assigned_identity_id = azurerm_user_assigned_identity.component[each.value.component].id
  issuer                    = var.oidc_issuer_url
  subject                   = "system:serviceaccount:${each.value.component}:${each.value.name}"
  audience                  = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_definition" "component" {
  for_each = local.roles

  # Unique in the tenant.
  name              = "${var.name} ${each.key}"
  description       = each.value.description
  scope             = each.value.group
  assignable_scopes = [each.value.group]

  permissions {
    actions      = each.value.actions
    data_actions = each.value.data_actions
  }
}

resource "azurerm_role_assignment" "component" {
  for_each = local.roles

  scope              = each.value.scope
  role_definition_id = azurerm_role_definition.component[each.key].role_definition_resource_id
  principal_id       = azurerm_user_assigned_identity.component[each.value.component].principal_id
  principal_type     = "ServicePrincipal"
  description        = each.value.description
}
