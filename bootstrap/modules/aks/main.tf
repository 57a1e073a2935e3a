# The cluster: API server, node pools and access to them. Argo CD deploys the workloads.

locals {
  zones = sort(keys(var.subnet_ids))

  # One pool per zone, so that the autoscaler adds a node in the zone of a pending pod's volume.
  system_pools = {
    for zone in slice(local.zones, 1, length(local.zones)) :
    "system${zone}" => merge(var.system_pool, { mode = "System", zone = zone, taints = local.system_taints })
  }
  apps_pools = var.apps_pool == null ? {} : {
    for zone in local.zones :
    "apps${zone}" => merge(var.apps_pool, { mode = "User", zone = zone, taints = [] })
  }
  system_taints = var.apps_pool == null ? [] : ["CriticalAddonsOnly=true:NoSchedule"]
}

resource "azurerm_kubernetes_cluster" "this" {
  name                = var.name
  location            = var.location
  resource_group_name = var.resource_group_name
  node_resource_group = "${var.name}-nodes"
  dns_prefix          = var.name
  sku_tier            = var.sku_tier
  tags                = var.tags

  kubernetes_version        = lookup(local.patched, "cluster", var.kubernetes_version)
  automatic_upgrade_channel = "patch"
  node_os_upgrade_channel   = "NodeImage"

  # Access with Entra ID only, without long-lived client certificates.
  local_account_disabled            = true
  role_based_access_control_enabled = true
  run_command_enabled               = false
  oidc_issuer_enabled               = true
  workload_identity_enabled         = true
  private_cluster_enabled           = var.private
  disk_encryption_set_id            = azurerm_disk_encryption_set.disks.id
  image_cleaner_enabled             = true
  image_cleaner_interval_hours      = 168
  cost_analysis_enabled             = var.sku_tier != "Free"

  azure_active_directory_role_based_access_control {
    tenant_id              = data.azurerm_client_config.current.tenant_id
    admin_group_object_ids = [var.admin_group_id]
    azure_rbac_enabled     = true
  }

  dynamic "api_server_access_profile" {
    for_each = var.private ? [] : [true]

    content {
      authorized_ip_ranges = concat(var.operator_cidrs, var.egress_cidrs)
    }
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.control_plane.id]
  }

  kubelet_identity {
    client_id                 = azurerm_user_assigned_identity.nodes.client_id
    object_id                 = azurerm_user_assigned_identity.nodes.principal_id
    user_assigned_identity_id = azurerm_user_assigned_identity.nodes.id
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    load_balancer_sku   = "standard"
    outbound_type       = "userAssignedNATGateway"
    pod_cidr            = var.pod_cidr
    service_cidr        = var.service_cidr
    dns_service_ip      = cidrhost(var.service_cidr, 10)
  }

  # Nodes come from the pools below alone.
  node_provisioning_profile {
    mode = "Manual"
  }

  storage_profile {
    disk_driver_enabled         = true
    snapshot_controller_enabled = true
    file_driver_enabled         = false
  }

  default_node_pool {
    name                         = "system${local.zones[0]}"
    temporary_name_for_rotation  = "systemtmp${local.zones[0]}"
    vm_size                      = var.system_pool.vm_size
    zones                        = [local.zones[0]]
    vnet_subnet_id               = var.subnet_ids[local.zones[0]]
    auto_scaling_enabled         = true
    min_count                    = var.system_pool.min
    max_count                    = var.system_pool.max
    only_critical_addons_enabled = var.apps_pool != null
    orchestrator_version         = lookup(local.patched, "pool system${local.zones[0]}", var.kubernetes_version)
    os_sku                       = "AzureLinux"
    host_encryption_enabled      = var.host_encryption
    tags                         = var.tags

    upgrade_settings {
      max_surge                = "33%"
      drain_timeout_in_minutes = 30
    }
  }

  auto_scaler_profile {
    balance_similar_node_groups   = true
    skip_nodes_with_local_storage = false
    skip_nodes_with_system_pods   = false
  }

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = var.maintenance.day
    start_time  = var.maintenance.start
    duration    = var.maintenance.hours
    utc_offset  = "+00:00"
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = var.maintenance.day
    start_time  = var.maintenance.start
    duration    = var.maintenance.hours
    utc_offset  = "+00:00"
  }

  # Role assignments that the control plane needs before its first node.
  depends_on = [
    azurerm_role_assignment.control_plane_subnets,
    azurerm_role_assignment.control_plane_nodes,
    azurerm_role_assignment.control_plane_disks,
    azurerm_role_assignment.disk_key,
  ]
}

resource "azurerm_kubernetes_cluster_node_pool" "zone" {
  for_each = merge(local.system_pools, local.apps_pools)

  name                        = each.key
  temporary_name_for_rotation = replace(each.key, each.value.zone, "tmp${each.value.zone}")
  kubernetes_cluster_id       = azurerm_kubernetes_cluster.this.id
  mode                        = each.value.mode
  vm_size                     = each.value.vm_size
  zones                       = [each.value.zone]
  vnet_subnet_id              = var.subnet_ids[each.value.zone]
  auto_scaling_enabled        = true
  min_count                   = each.value.min
  max_count                   = each.value.max
  node_taints                 = each.value.taints
  orchestrator_version        = lookup(local.patched, "pool ${each.key}", var.kubernetes_version)
  os_sku                      = "AzureLinux"
  host_encryption_enabled     = var.host_encryption
  tags                        = var.tags

  upgrade_settings {
    max_surge                = "33%"
    drain_timeout_in_minutes = 30
  }
}

resource "azurerm_monitor_diagnostic_setting" "cluster" {
  name                           = "control-plane"
  target_resource_id             = azurerm_kubernetes_cluster.this.id
  log_analytics_workspace_id     = var.log_analytics_workspace_id
  log_analytics_destination_type = "Dedicated"

  # Changes only: the full audit log, which includes reads, costs ten times as much.
  dynamic "enabled_log" {
    for_each = toset(["kube-audit-admin", "guard", "kube-controller-manager", "kube-scheduler", "cluster-autoscaler", "cloud-controller-manager", "csi-azuredisk-controller"])

    content {
      category = enabled_log.key
    }
  }
}
