output "zone_name" {
  description = "Name of the hosted zone."
  value       = aws_route53_zone.this.name
}

output "zone_id" {
  description = "Id of the hosted zone, such as Z0123456789ABCDEFGHIJ."
  value       = aws_route53_zone.this.zone_id
}

output "zone_arn" {
  description = "ARN of the zone, for IAM policies."
  value       = aws_route53_zone.this.arn
}

output "delegation" {
  description = "Name servers for the NS record of the domain in its parent zone."
  value       = aws_route53_zone.this.name_servers
}
