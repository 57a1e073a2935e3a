# Plans a whole cluster with a mocked provider. Plan only: prevent_destroy on the backups would fail the cleanup of an
# apply.

mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      tenant_id       = "00000000-0000-4000-8000-000000000001"
      subscription_id = "00000000-0000-4000-8000-000000000002"
    }
  }
}

# The handover needs a real API server: the lab tests it.
override_module {
  target  = module.argocd
  outputs = { version = "v3.0.0" }
}

variables {
  cluster        = "staging-aks"
  location       = "westeurope"
  vnet_cidr      = "10.10.0.0/16"
  pod_cidr       = "10.244.0.0/16"
  service_cidr   = "172.16.0.0/16"
  zones          = ["1", "2", "3"]
  private        = false
  challenge_zone = null
  existing_zone  = null
  parent_zone    = null
  nat_per_zone   = true
  sku_tier       = "Standard"
  system_pool    = { vm_size = "Standard_D2as_v5", min = 1, max = 2 }
  apps_pool      = { vm_size = "Standard_D4as_v5", min = 1, max = 4 }
  backups        = { replication = "ZRS", locked_days = 7 }
  registry       = { sku = "Basic" }
  databases      = {}

  host_encryption      = true
  external_dns_deletes = false
}

run "facts" {
  command = plan

  assert {
    condition = toset(keys(output.facts)) == toset([
      "tenant_id", "subscription_id", "pod_cidr", "api_server_cidrs", "dns_zone_name", "challenge_zone", "dns_resource_group", "key_vault_url",
      "backup_resource_group", "backup_storage_account", "backup_container", "identity_client_ids", "databases",
    ])
    error_message = "The facts must have the fields that charts/cloud/aks.ts reads."
  }

  assert {
    condition     = toset(keys(output.facts.identity_client_ids)) == toset(["cert-manager", "external-dns", "external-secrets", "velero"])
    error_message = "Each component that calls Azure must have an identity."
  }

  assert {
    condition     = output.facts.backup_storage_account == "examplestagingaks" && output.facts.dns_resource_group == "example-staging-aks-dns"
    error_message = "Names must have the prefix <organization>-<cluster>."
  }
}

run "one_node_pool_and_one_nat_gateway" {
  command = plan

  variables {
    nat_per_zone = false
    apps_pool    = null
    sku_tier     = "Free"
  }
}

run "managed_database" {
  command = plan

  variables {
    databases = { postfacto = { sku = "B_Standard_B1ms" } }
  }

  assert {
    condition     = output.facts.databases["postfacto"].user == "app" && output.facts.databases["postfacto"].cidrs == tolist(["10.10.255.0/24"])
    error_message = "The facts must have the database, in a subnet of its own."
  }
}
