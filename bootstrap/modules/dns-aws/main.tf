# The public zone of the cluster's domain. Its other records belong to external-dns and cert-manager. A zone that exists
# already, of that name or above it, is used in its place if it is named.

data "aws_route53_zone" "existing" {
  count = var.existing_zone == null ? 0 : 1

  name         = var.existing_zone
  private_zone = false
}

resource "aws_route53_zone" "this" {
  count = var.existing_zone == null ? 1 : 0

  name    = var.domain
  comment = "Hosts of ${var.name}"

  # A recreated zone has other name servers, which would break the delegation in the parent zone.
  lifecycle {
    prevent_destroy = true
  }
}

moved {
  from = aws_route53_zone.this
  to   = aws_route53_zone.this[0]
}

locals {
  zone_id = one(concat(aws_route53_zone.this[*].zone_id, data.aws_route53_zone.existing[*].zone_id))
}

# Only the certificate authority that cert-manager uses may issue for the domain.
resource "aws_route53_record" "issuer" {
  zone_id = local.zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"letsencrypt.org\"", "0 issuewild \"letsencrypt.org\""]
}
