# The registry of the services' images. ACR has no immutable tags: pin its images by digest as well. AcrPull and AcrPush hold
# in a registry whose permissions are those of roles alone, as the provider makes it, and not in one with conditions (ABAC).

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

# Only where images are published.
resource "azurerm_role_assignment" "push" {
  count = startswith(var.image_registry, "${azurerm_container_registry.cluster.name}.azurecr.io/") ? 1 : 0

  scope                = azurerm_container_registry.cluster.id
  role_definition_name = "AcrPush"
  principal_id         = var.publisher
  principal_type       = "ServicePrincipal"
  description          = "Workflows publish images."

  lifecycle {
    precondition {
      condition     = var.publisher != null
      error_message = "Images are published here, but nobody may: put principal_ids.publish of the root remote-state-azure into azure_publish_principal_id in bootstrap/modules/settings/main.tf."
    }
  }
}
