# The zone of the cluster's domain, in its own resource group, because external-dns lists all zones of the group. A zone
# that exists already, of that name or above it, is used in its place if it is named.

data "azurerm_dns_zone" "existing" {
  count = var.existing_zone == null ? 0 : 1

  name                = var.existing_zone.name
  resource_group_name = var.existing_zone.resource_group_name
}

data "azurerm_resource_group" "existing" {
  count = var.existing_zone == null ? 0 : 1

  name = var.existing_zone.resource_group_name
}

data "azurerm_dns_zone" "challenges" {
  count = var.challenge_zone == null ? 0 : 1

  name                = var.challenge_zone.name
  resource_group_name = var.challenge_zone.resource_group
}

data "azurerm_resource_group" "challenges" {
  count = var.challenge_zone == null ? 0 : 1

  name = var.challenge_zone.resource_group
}

resource "azurerm_resource_group" "dns" {
  count = var.existing_zone == null ? 1 : 0

  name     = "${var.name}-dns"
  location = var.location
  tags     = var.tags
}

resource "azurerm_dns_zone" "cluster" {
  count = var.existing_zone == null ? 1 : 0

  name                = var.domain
  resource_group_name = azurerm_resource_group.dns[0].name
  tags                = var.tags

  # A recreated zone has other name servers, which would break the delegation in the parent zone.
  lifecycle {
    prevent_destroy = true
  }
}

moved {
  from = azurerm_resource_group.dns
  to   = azurerm_resource_group.dns[0]
}

moved {
  from = azurerm_dns_zone.cluster
  to   = azurerm_dns_zone.cluster[0]
}

locals {
  zone  = one(concat(azurerm_dns_zone.cluster[*].name, data.azurerm_dns_zone.existing[*].name))
  group = one(concat(azurerm_resource_group.dns[*].name, data.azurerm_resource_group.existing[*].name))

  zone_id  = one(concat(azurerm_dns_zone.cluster[*].id, data.azurerm_dns_zone.existing[*].id))
  group_id = one(concat(azurerm_resource_group.dns[*].id, data.azurerm_resource_group.existing[*].id))
}

# Only the certificate authority that cert-manager uses may issue for the domain.
resource "azurerm_dns_caa_record" "issuer" {
  name                = local.zone == var.domain ? "@" : trimsuffix(var.domain, ".${local.zone}")
  zone_name           = local.zone
  resource_group_name = local.group
  ttl                 = 3600
  tags                = var.tags

  dynamic "record" {
    for_each = toset(["issue", "issuewild"])

    content {
      flags = 0
      tag   = record.key
      value = "letsencrypt.org"
    }
  }
}

resource "azurerm_dns_ns_record" "delegation" {
  count = var.parent_zone == null || var.existing_zone != null ? 0 : 1

  name                = trimsuffix(var.domain, ".${var.parent_zone.name}")
  zone_name           = var.parent_zone.name
  resource_group_name = var.parent_zone.resource_group_name
  ttl                 = 3600
  records             = azurerm_dns_zone.cluster[0].name_servers
  tags                = var.tags
}
