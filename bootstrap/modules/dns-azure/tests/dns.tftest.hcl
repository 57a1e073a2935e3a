mock_provider "azurerm" {
  mock_data "azurerm_dns_zone" {
    defaults = { id = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/shared/providers/Microsoft.Network/dnsZones/example.com" }
  }
}

# Values that Azure returns after an apply, provided during the plan.
override_resource {
  target          = azurerm_dns_zone.cluster
  override_during = plan
  values = {
    id           = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/example-test-dns/providers/Microsoft.Network/dnsZones/test.example.com"
    name_servers = ["ns1.example.net."]
  }
}

variables {
  name           = "example-test"
  location       = "westeurope"
  tags           = {}
  domain         = "test.example.com"
  challenge_zone = null
  existing_zone  = null
  parent_zone    = { name = "example.com", resource_group_name = "parent" }
}

run "delegation_in_the_parent_zone" {
  command = plan

  assert {
    condition     = azurerm_dns_ns_record.delegation[0].name == "test" && one(azurerm_dns_ns_record.delegation[0].records) == "ns1.example.net."
    error_message = "The parent zone must have an NS record for the subdomain with the zone's name servers."
  }
}

run "delegation_by_hand" {
  command = plan

  variables {
    parent_zone = null
  }

  assert {
    condition     = length(azurerm_dns_ns_record.delegation) == 0 && one(output.delegation) == "ns1.example.net." && output.zone_name == "test.example.com"
    error_message = "Without a parent zone there must be no NS record, and the name servers must be an output."
  }
}

run "existing_zone" {
  command = plan

  variables {
    existing_zone = { name = "example.com", resource_group_name = "shared" }
  }

  assert {
    condition     = length(azurerm_dns_zone.cluster) == 0 && length(azurerm_dns_ns_record.delegation) == 0
    error_message = "No zone must be made, and none delegated."
  }

  assert {
    condition     = output.zone_name == "example.com" && output.resource_group_name == "shared" && azurerm_dns_caa_record.issuer.name == "test"
    error_message = "The facts must name the zone above, which holds the record of the issuer under the domain's name."
  }
}

run "challenges_in_a_zone_of_their_own" {
  command = plan

  variables {
    challenge_zone = { name = "acme.example.org", resource_group = "acme" }
  }

  assert {
    condition     = endswith(output.challenges.zone_id, "/dnsZones/example.com") && length(azurerm_dns_zone.cluster) == 1
    error_message = "Challenges must be answered in the zone that exists, beside the domain's own."
  }
}

run "rejects_a_zone_of_another_domain" {
  command = plan

  variables {
    existing_zone = { name = "example.org", resource_group_name = "shared" }
  }

  expect_failures = [var.existing_zone]
}

run "rejects_a_parent_zone_of_another_domain" {
  command = plan

  variables {
    parent_zone = { name = "example.org", resource_group_name = "parent" }
  }

  expect_failures = [var.parent_zone]
}
