# The provider is mocked: the tests check the plan, not Azure's behaviour.
mock_provider "azurerm" {}

variables {
  name                 = "example-test"
  location             = "westeurope"
  tags                 = {}
  resource_group_name  = "example-test"
  virtual_network_name = "example-test"
  virtual_network_id   = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test/providers/Microsoft.Network/virtualNetworks/example-test"
  vnet_cidr            = "10.10.0.0/16"
  databases            = { postfacto = { sku = "B_Standard_B1ms" } }
}

run "one_server" {
  command = plan

  assert {
    condition     = azurerm_postgresql_flexible_server.this["postfacto"].name == "example-test-postfacto" && !azurerm_postgresql_flexible_server.this["postfacto"].public_network_access_enabled
    error_message = "The server must have the name of its component, and no public address."
  }

  assert {
    condition     = azurerm_postgresql_flexible_server.this["postfacto"].backup_retention_days == 14 && azurerm_postgresql_flexible_server.this["postfacto"].storage_mb == 32768
    error_message = "The server must be restorable for 14 days, on the smallest storage."
  }

  assert {
    condition     = azurerm_subnet.databases["databases"].address_prefixes == tolist(["10.10.255.0/24"]) && azurerm_subnet.databases["databases"].delegation[0].service_delegation[0].name == "Microsoft.DBforPostgreSQL/flexibleServers"
    error_message = "Servers must have a subnet of their own, outside of those of nodes."
  }

  assert {
    condition     = azurerm_management_lock.server["postfacto"].lock_level == "CanNotDelete"
    error_message = "Nobody may delete the server by hand."
  }

  assert {
    condition     = length(azurerm_postgresql_flexible_server.this["postfacto"].high_availability) == 0
    error_message = "A standby must be asked for."
  }
}

run "standby_in_another_zone" {
  command = plan

  variables {
    databases = { postfacto = { sku = "GP_Standard_D2ds_v5", zone_redundant = true, geo_redundant_backups = true } }
  }

  assert {
    condition     = azurerm_postgresql_flexible_server.this["postfacto"].high_availability[0].mode == "ZoneRedundant" && azurerm_postgresql_flexible_server.this["postfacto"].geo_redundant_backup_enabled
    error_message = "The standby must be in another zone, and backups in another region."
  }
}

run "nothing_without_databases" {
  command = plan

  variables {
    databases = {}
  }

  assert {
    condition     = output.databases == null && length(azurerm_subnet.databases) == 0 && length(azurerm_private_dns_zone.databases) == 0
    error_message = "Without databases nothing must be made."
  }
}

run "rejects_backups_of_a_day" {
  command = plan

  variables {
    databases = { postfacto = { sku = "B_Standard_B1ms", backup_days = 1 } }
  }

  expect_failures = [var.databases]
}
