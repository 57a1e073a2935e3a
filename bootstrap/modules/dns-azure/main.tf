# The zone of the cluster's domain, in its own resource group, because external-dns lists all zones of the group.

resource "azurerm_resource_group" "dns" {
  name     = "${var.name}-dns"
  location = var.location
  tags     = var.tags
}

resource "azurerm_dns_zone" "cluster" {
  name                = var.domain
  resource_group_name = azurerm_resource_group.dns.name
  tags                = var.tags

  # A recreated zone has other name servers, which would break the delegation in the parent zone.
  lifecycle {
    prevent_destroy = true
  }
}

# Only the certificate authority that cert-manager uses may issue for the domain.
resource "azurerm_dns_caa_record" "issuer" {
  name                = "@"
  zone_name           = azurerm_dns_zone.cluster.name
  resource_group_name = azurerm_resource_group.dns.name
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
  count = var.parent_zone == null ? 0 : 1

  name                = trimsuffix(var.domain, ".${var.parent_zone.name}")
  zone_name           = var.parent_zone.name
  resource_group_name = var.parent_zone.resource_group_name
  ttl                 = 3600
  records             = azurerm_dns_zone.cluster.name_servers
  tags                = var.tags
}
