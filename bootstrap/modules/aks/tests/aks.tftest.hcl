# The mocked provider still validates its arguments, so ids have Azure's format.

mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      tenant_id       = "00000000-0000-4000-8000-000000000001"
      subscription_id = "00000000-0000-4000-8000-000000000002"
    }
  }
}

# Values that Azure returns after an apply, provided during the plan.
override_resource {
  target          = azurerm_kubernetes_cluster.this
  override_during = plan
  values = {
    id              = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test/providers/Microsoft.ContainerService/managedClusters/example-test"
    oidc_issuer_url = "https://issuer.example.com/"
    kube_config = [{
      host                   = "https://api.example.com:443"
      cluster_ca_certificate = "Q0E="
      client_certificate     = ""
      client_key             = ""
      username               = ""
      password               = ""
    }]
  }
}

variables {
  name                = "example-test"
  location            = "westeurope"
  tags                = {}
  resource_group_name = "example-test"
  subnet_ids = {
    "1" = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test/providers/Microsoft.Network/virtualNetworks/example-test/subnets/nodes-1"
    "2" = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test/providers/Microsoft.Network/virtualNetworks/example-test/subnets/nodes-2"
    "3" = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test/providers/Microsoft.Network/virtualNetworks/example-test/subnets/nodes-3"
  }
  pod_cidr                   = "10.244.0.0/16"
  service_cidr               = "172.16.0.0/16"
  kubernetes_version         = "1.35"
  sku_tier                   = "Standard"
  private                    = false
  operator_cidrs             = ["203.0.113.0/24"]
  egress_cidrs               = ["198.51.100.1/32"]
  admin_group_id             = "00000000-0000-4000-8000-000000000001"
  system_pool                = { vm_size = "Standard_D2as_v5", min = 1, max = 2 }
  apps_pool                  = { vm_size = "Standard_D4as_v5", min = 1, max = 4 }
  host_encryption            = true
  maintenance                = { day = "Sunday", start = "03:00", hours = 4 }
  log_analytics_workspace_id = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test/providers/Microsoft.OperationalInsights/workspaces/example-test"
}

run "one_pool_per_zone_and_mode" {
  command = plan

  assert {
    condition = { for name, pool in azurerm_kubernetes_cluster_node_pool.zone : name => "${one(pool.zones)} ${pool.mode} ${basename(pool.vnet_subnet_id)}" } == {
      system2 = "2 System nodes-2"
      system3 = "3 System nodes-3"
      apps1   = "1 User nodes-1"
      apps2   = "2 User nodes-2"
      apps3   = "3 User nodes-3"
    }
    error_message = "Besides the default pool, each zone must have a system pool and an apps pool."
  }

  assert {
    condition     = one(azurerm_kubernetes_cluster.this.node_provisioning_profile[*].mode) == "Manual"
    error_message = "AKS must make no nodes besides those of the pools."
  }

  assert {
    condition     = alltrue([for pool in azurerm_kubernetes_cluster_node_pool.zone : length(pool.name) <= 12 && length(pool.temporary_name_for_rotation) <= 12])
    error_message = "Node pool names are limited to 12 characters."
  }
}

run "api_server_is_restricted" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster.this.api_server_access_profile[0].authorized_ip_ranges == toset(["203.0.113.0/24", "198.51.100.1/32"])
    error_message = "Only operators and the nodes' public addresses may reach the API server."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.local_account_disabled && !can(regex("token:|client-key", output.kubeconfig)) && yamldecode(output.kubeconfig).clusters[0].cluster.server == "https://api.example.com:443"
    error_message = "The kubeconfig must have the API server's address and no credential."
  }
}

run "private_api_server" {
  command = plan

  variables {
    private = true
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.private_cluster_enabled && length(azurerm_kubernetes_cluster.this.api_server_access_profile) == 0
    error_message = "A private API server must not have authorized IP ranges."
  }
}

run "rejects_the_whole_internet" {
  command = plan

  variables {
    operator_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.operator_cidrs]
}

run "asks_for_the_patch_that_runs" {
  command = plan

  override_data {
    target = data.azurerm_resources.cluster
    values = {
      resources = [
        { name = "example-test", resource_group_name = "EXAMPLE-TEST", id = "", type = "", location = "", tags = {} },
        { name = "example-test", resource_group_name = "another", id = "", type = "", location = "", tags = {} },
      ]
    }
  }

  override_data {
    target = data.azurerm_kubernetes_cluster.current[0]
    values = {
      kubernetes_version = "1.35.6"
      agent_pool_profile = [
        { name = "system1", orchestrator_version = "1.35.6" },
        { name = "system2", orchestrator_version = "1.35.5" },
        { name = "apps1", orchestrator_version = "1.34.9" },
      ]
    }
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.kubernetes_version == "1.35.6" && azurerm_kubernetes_cluster.this.default_node_pool[0].orchestrator_version == "1.35.6"
    error_message = "A patch must be no difference."
  }

  assert {
    condition = { for name, pool in azurerm_kubernetes_cluster_node_pool.zone : name => pool.orchestrator_version if contains(["system2", "system3", "apps1"], name) } == {
      system2 = "1.35.5"
      system3 = "1.35"
      apps1   = "1.35"
    }
    error_message = "A pool must keep its patch, and follow the minor version."
  }
}
