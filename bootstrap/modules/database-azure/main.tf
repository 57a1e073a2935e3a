# PostgreSQL servers of Azure's, each for one component of the cluster, with addresses in the cluster's network alone. Nothing
# is made unless there is one.

locals {
  any = length(var.databases) > 0 ? ["databases"] : []

  # Role and database, on a server that has no others.
  app = "app"
}

# For all of them, at the end of the network: nodes have the beginning.
resource "azurerm_subnet" "databases" {
  for_each = toset(local.any)

  name                 = each.key
  resource_group_name  = var.resource_group_name
  virtual_network_name = var.virtual_network_name
  address_prefixes     = [cidrsubnet(var.vnet_cidr, 8, 255)]

  # The servers archive their write-ahead log there.
  service_endpoint {
    service = "Microsoft.Storage"
  }

  delegation {
    name = "postgresql"

    service_delegation {
      name    = "Microsoft.DBforPostgreSQL/flexibleServers"
      actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
    }
  }
}

# The public names of the servers lead to names in it.
resource "azurerm_private_dns_zone" "databases" {
  for_each = toset(local.any)

  name                = "${var.name}.private.postgres.database.azure.com"
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "databases" {
  for_each = toset(local.any)

  name                = var.name
  private_dns_zone_id = azurerm_private_dns_zone.databases[each.key].id
  virtual_network_id  = var.virtual_network_id
  tags                = var.tags
}

resource "azurerm_postgresql_flexible_server" "this" {
  for_each = var.databases

  name                         = "${var.name}-${each.key}"
  location                     = var.location
  resource_group_name          = var.resource_group_name
  version                      = "17"
  sku_name                     = each.value.sku
  storage_mb                   = each.value.storage_gb * 1024
  backup_retention_days        = each.value.backup_days
  geo_redundant_backup_enabled = each.value.geo_redundant_backups
  tags                         = var.tags

  # A value that nobody knows, and no state has: people set another one by the runbook, which Terraform leaves alone as long as
  # the version stays.
  administrator_login               = local.app
  administrator_password_wo         = uuid()
  administrator_password_wo_version = 1

  delegated_subnet_id           = azurerm_subnet.databases["databases"].id
  private_dns_zone_id           = azurerm_private_dns_zone.databases["databases"].id
  public_network_access_enabled = false

  dynamic "high_availability" {
    for_each = each.value.zone_redundant ? ["ZoneRedundant"] : []

    content {
      mode = high_availability.value
    }
  }

  # Azure chooses the zones, and another one with each failover.
  lifecycle {
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }

  depends_on = [azurerm_private_dns_zone_virtual_network_link.databases]
}

resource "azurerm_postgresql_flexible_server_database" "this" {
  for_each = var.databases

  name      = local.app
  server_id = azurerm_postgresql_flexible_server.this[each.key].id
}

# Nobody but Terraform deletes a server, which removes its lock first: by a plan that somebody has approved.
resource "azurerm_management_lock" "server" {
  for_each = var.databases

  name       = "data"
  scope      = azurerm_postgresql_flexible_server.this[each.key].id
  lock_level = "CanNotDelete"
  notes      = "The backups of a server go with it: dump first, as docs/runbooks/restore-postfacto.md says."
}
