# The public zone of the cluster's domain. Its records are external-dns's and cert-manager's business.

resource "aws_route53_zone" "this" {
  name    = var.domain
  comment = "Hosts of ${var.name}"

  # A new zone has other name servers: the parent zone would point at nothing until somebody changes it there.
  lifecycle {
    prevent_destroy = true
  }
}
