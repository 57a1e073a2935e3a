mock_provider "azurerm" {}

variables {
  name               = "example-test"
  location           = "westeurope"
  tags               = {}
  vnet_cidr          = "10.10.0.0/16"
  pod_cidr           = "10.244.0.0/16"
  zones              = ["1", "2", "3"]
  nat_per_zone       = true
  log_retention_days = 30
}

run "subnet_and_nat_gateway_per_zone" {
  command = plan

  assert {
    condition     = [for zone in var.zones : one(azurerm_subnet.nodes[zone].address_prefixes)] == ["10.10.0.0/20", "10.10.16.0/20", "10.10.32.0/20"]
    error_message = "Each zone must have its own subnet."
  }

  assert {
    condition     = alltrue([for zone in var.zones : azurerm_nat_gateway.nodes[zone].zones == toset([zone]) && azurerm_public_ip.nat[zone].zones == toset([zone])])
    error_message = "Each NAT gateway and its public address must be in their zone."
  }

  assert {
    condition     = !anytrue([for subnet in azurerm_subnet.nodes : subnet.default_outbound_access_enabled])
    error_message = "Nodes must have no other egress."
  }

  assert {
    condition     = alltrue([for subnet in azurerm_subnet.nodes : subnet.service_endpoint[*].service == tolist(["Microsoft.KeyVault", "Microsoft.Storage.Global"])])
    error_message = "Subnets of clusters that azurerm 4 made must not change: their service endpoints have an order."
  }
}

run "single_nat_gateway" {
  command = plan

  variables {
    nat_per_zone = false
  }

  assert {
    condition     = length(azurerm_nat_gateway.nodes) == 1 && length(azurerm_subnet_nat_gateway_association.nodes) == 3 && length(output.egress_cidrs) == 1
    error_message = "All zones must use the one NAT gateway."
  }
}

run "rejects_a_small_network" {
  command = plan

  variables {
    vnet_cidr = "10.10.0.0/24"
  }

  expect_failures = [var.vnet_cidr]
}
