# The cluster's resource group and virtual network. Disks and NAT gateways are zonal, so each zone has its own subnet
# and node pool: a zone fails as a unit, and the autoscaler adds nodes in the zone of a volume.

locals {
  subnets   = { for index, zone in var.zones : zone => cidrsubnet(var.vnet_cidr, 4, index) }
  nat_zones = var.nat_per_zone ? var.zones : slice(var.zones, 0, 1)
}

resource "azurerm_resource_group" "cluster" {
  name     = var.name
  location = var.location
  tags     = var.tags
}

resource "azurerm_virtual_network" "cluster" {
  name                = var.name
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  address_space       = [var.vnet_cidr]
  tags                = var.tags
}

resource "azurerm_subnet" "nodes" {
  for_each = local.subnets

  name                 = "nodes-${each.key}"
  resource_group_name  = azurerm_resource_group.cluster.name
  virtual_network_name = azurerm_virtual_network.cluster.name
  address_prefixes     = [each.value]
  # Egress only through the NAT gateway.
  default_outbound_access_enabled = false

  # Let the firewalls of Key Vaults and storage accounts identify nodes. Global, because backups may be in another
  # region. The provider compares the order too: this is the one in which azurerm 4 made them.
  service_endpoint {
    service = "Microsoft.KeyVault"
  }

  service_endpoint {
    service = "Microsoft.Storage.Global"
  }
}

resource "azurerm_network_security_group" "nodes" {
  name                = "${var.name}-nodes"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  tags                = var.tags

  security_rule {
    name                       = "web"
    description                = "The gateway's load balancer keeps the client's address."
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_address_prefix      = "Internet"
    source_port_range          = "*"
    destination_address_prefix = "*"
    destination_port_ranges    = ["80", "443"]
  }

  security_rule {
    name                       = "pods"
    description                = "Pods' addresses are not the network's, so the rule for its own traffic leaves them out."
    priority                   = 110
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "*"
    source_address_prefixes    = [var.vnet_cidr, var.pod_cidr]
    source_port_range          = "*"
    destination_address_prefix = var.pod_cidr
    destination_port_range     = "*"
  }
}

resource "azurerm_subnet_network_security_group_association" "nodes" {
  for_each = azurerm_subnet.nodes

  subnet_id                 = each.value.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}

resource "azurerm_public_ip" "nat" {
  for_each = toset(local.nat_zones)

  name                = "${var.name}-nat-${each.key}"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  allocation_method   = "Static"
  sku                 = "Standard"
  zones               = [each.key]
  tags                = var.tags
}

resource "azurerm_nat_gateway" "nodes" {
  for_each = toset(local.nat_zones)

  name                = "${var.name}-${each.key}"
  location            = var.location
  resource_group_name = azurerm_resource_group.cluster.name
  sku_name            = "Standard"
  zones               = [each.key]
  tags                = var.tags
}

resource "azurerm_nat_gateway_public_ip_association" "nodes" {
  for_each = azurerm_nat_gateway.nodes

  nat_gateway_id       = each.value.id
  public_ip_address_id = azurerm_public_ip.nat[each.key].id
}

resource "azurerm_subnet_nat_gateway_association" "nodes" {
  for_each = azurerm_subnet.nodes

  subnet_id      = each.value.id
  nat_gateway_id = azurerm_nat_gateway.nodes[var.nat_per_zone ? each.key : local.nat_zones[0]].id
}

resource "azurerm_log_analytics_workspace" "cluster" {
  name                         = var.name
  location                     = var.location
  resource_group_name          = azurerm_resource_group.cluster.name
  sku                          = "PerGB2018"
  retention_in_days            = var.log_retention_days
  local_authentication_enabled = false
  tags                         = var.tags
}

# Flow logs are written with account keys, so these stay enabled, and the state has them; the firewall admits only trusted
# Azure services.
resource "azurerm_storage_account" "flow_logs" {
  name                            = "${substr(replace(var.name, "-", ""), 0, 20)}flow"
  location                        = var.location
  resource_group_name             = azurerm_resource_group.cluster.name
  account_tier                    = "Standard"
  account_replication_type        = "LRS"
  min_tls_version                 = "TLS1_2"
  allow_nested_items_to_be_public = false
  local_user_enabled              = false
  tags                            = var.tags

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"]
  }
}

resource "azurerm_network_watcher_flow_log" "cluster" {
  name     = var.name
  location = var.location
  # Azure allows one Network Watcher per region and creates it with these names along with the first network.
  network_watcher_name = "NetworkWatcher_${var.location}"
  resource_group_name  = "NetworkWatcherRG"
  target_resource_id   = azurerm_virtual_network.cluster.id
  storage_account_id   = azurerm_storage_account.flow_logs.id
  enabled              = true
  version              = 2
  tags                 = var.tags

  retention_policy {
    enabled = true
    days    = var.log_retention_days
  }

  traffic_analytics {
    enabled               = true
    workspace_id          = azurerm_log_analytics_workspace.cluster.workspace_id
    workspace_region      = azurerm_log_analytics_workspace.cluster.location
    workspace_resource_id = azurerm_log_analytics_workspace.cluster.id
    interval_in_minutes   = 60
  }
}
