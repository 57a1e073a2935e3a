output "databases" {
  description = "The databases by component, as facts.json has them; null if there are none."
  value = length(var.databases) == 0 ? null : {
    for name, server in aws_db_instance.this : name => {
      host     = server.address
      port     = server.port
      database = server.db_name
      user     = server.username
      cidrs    = [for subnet in aws_subnet.databases : subnet.cidr_block]
    }
  }
}
