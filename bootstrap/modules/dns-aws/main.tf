# The public zone of the cluster's domain. Its records are external-dns's and cert-manager's business.

resource "aws_route53_zone" "this" {
  name    = var.domain
  comment = "Hosts of ${var.name}"

  # A new zone has other name servers: the parent zone would point at nothing until somebody changes it there.
  lifecycle {
    prevent_destroy = true
  }
}

# Nobody but the authority that cert-manager asks may issue for the domain.
resource "aws_route53_record" "issuer" {
  zone_id = aws_route53_zone.this.zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"letsencrypt.org\"", "0 issuewild \"letsencrypt.org\""]
}
