output "vpc_cidr" {
  description = "CIDR block of nodes and pods."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "Subnets of nodes and pods, one per zone, available once their egress routes exist."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]

  # A node without egress cannot join the cluster.
  depends_on = [aws_route.nat, aws_route_table_association.private, aws_vpc_endpoint.s3]
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "zones" {
  description = "Availability zones of the subnets."
  value       = local.zones
}
