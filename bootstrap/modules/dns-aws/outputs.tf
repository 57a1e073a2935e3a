output "zone_name" {
  description = "Name of the hosted zone: the domain, or one above it."
  value       = coalesce(var.existing_zone, var.domain)
}

output "zone_id" {
  description = "Id of the hosted zone, such as Z0123456789ABCDEFGHIJ."
  value       = local.zone_id
}

output "zone_arn" {
  description = "ARN of the zone, for IAM policies."
  value       = one(concat(aws_route53_zone.this[*].arn, data.aws_route53_zone.existing[*].arn))
}

output "delegation" {
  description = "Name servers for the NS record of the domain in its parent zone; none if the zone is one above the domain."
  value       = flatten(aws_route53_zone.this[*].name_servers)
}
