# The public zone of the cluster's domain. Its other records belong to external-dns and cert-manager.

resource "aws_route53_zone" "this" {
  name    = var.domain
  comment = "Hosts of ${var.name}"

  # A recreated zone has other name servers, which would break the delegation in the parent zone.
  lifecycle {
    prevent_destroy = true
  }
}

# Only the certificate authority that cert-manager uses may issue for the domain.
resource "aws_route53_record" "issuer" {
  zone_id = aws_route53_zone.this.zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"letsencrypt.org\"", "0 issuewild \"letsencrypt.org\""]
}
