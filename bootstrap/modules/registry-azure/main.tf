# The registry of the services' images. ACR has no immutable tags: pin its images by digest as well.

resource "azurerm_container_registry" "cluster" {
  name                = replace(var.name, "-", "")
  location            = var.location
  resource_group_name = var.resource_group_name
  sku                 = var.sku
  tags                = var.tags

  admin_enabled            = false
  anonymous_pull_enabled   = false
  zone_redundancy_enabled  = var.sku == "Premium"
  retention_policy_in_days = var.sku == "Premium" ? 30 : null

  dynamic "georeplications" {
    for_each = var.geo_replications

    content {
      location                = georeplications.key
      zone_redundancy_enabled = true
      # Else it only holds copies, and is asked for none.
      global_endpoint_routing_enabled = true
      tags                            = var.tags
    }
  }
}

resource "azurerm_role_assignment" "pull" {
  for_each = var.pullers

  scope                = azurerm_container_registry.cluster.id
  role_definition_name = "AcrPull"
  principal_id         = each.value
  principal_type       = "ServicePrincipal"
  description          = "Nodes pull images."
}
