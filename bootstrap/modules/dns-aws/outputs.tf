output "zone_id" {
  description = "Id of the zone, a Z with letters and digits."
  value       = aws_route53_zone.this.zone_id
}

output "zone_arn" {
  description = "ARN of the zone, for those who may write to it."
  value       = aws_route53_zone.this.arn
}

output "delegation" {
  description = "What the NS record of the domain in its parent zone must say."
  value       = { name = aws_route53_zone.this.name, name_servers = aws_route53_zone.this.name_servers }
}
