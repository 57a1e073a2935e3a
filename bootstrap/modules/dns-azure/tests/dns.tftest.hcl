mock_provider "azurerm" {}

# What Azure would say after an apply is said in the plan.
override_resource {
  target          = azurerm_dns_zone.cluster
  override_during = plan
  values = {
    id           = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test-dns/providers/Microsoft.Network/dnsZones/test.example.com"
    name_servers = ["ns1.example.net."]
  }
}

variables {
  name        = "example-test"
  location    = "westeurope"
  tags        = {}
  domain      = "test.example.com"
  parent_zone = { name = "example.com", resource_group_name = "parent" }
}

run "the_parent_delegates_to_the_zone" {
  command = plan

  assert {
    condition     = azurerm_dns_ns_record.delegation[0].name == "test" && one(azurerm_dns_ns_record.delegation[0].records) == "ns1.example.net."
    error_message = "The parent zone's record must be that of the name below it, with the zone's own servers."
  }
}

run "who_delegates_by_hand_is_told_what_to" {
  command = plan

  variables {
    parent_zone = null
  }

  assert {
    condition     = length(azurerm_dns_ns_record.delegation) == 0 && one(output.delegation) == "ns1.example.net."
    error_message = "Without a parent zone nothing is written, and the servers are told."
  }
}

run "a_parent_of_another_domain_is_refused" {
  command = plan

  variables {
    parent_zone = { name = "example.org", resource_group_name = "parent" }
  }

  expect_failures = [var.parent_zone]
}
