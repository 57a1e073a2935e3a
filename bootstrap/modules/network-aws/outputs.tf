output "vpc_cidr" {
  description = "Addresses that nodes and pods have."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "Subnets of nodes and pods, one a zone, each with its way out."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]

  # A node that starts before there is a way out cannot join its cluster.
  depends_on = [aws_route.nat, aws_route_table_association.private, aws_vpc_endpoint.s3]
}
