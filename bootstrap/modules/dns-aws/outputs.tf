output "zone_id" {
  description = "Id of the zone, a Z with letters and digits."
  value       = aws_route53_zone.this.zone_id
}

output "zone_arn" {
  description = "ARN of the zone, for those who may write to it."
  value       = aws_route53_zone.this.arn
}

output "delegation" {
  description = "Name servers: the NS record of the domain that its parent zone must have."
  value       = aws_route53_zone.this.name_servers
}
