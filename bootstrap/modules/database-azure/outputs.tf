output "databases" {
  description = "The databases by component, as facts.json has them; null if there are none."
  value = length(var.databases) == 0 ? null : {
    for name, server in azurerm_postgresql_flexible_server.this : name => {
      host     = server.fqdn
      port     = 5432
      database = azurerm_postgresql_flexible_server_database.this[name].name
      user     = server.administrator_login
      cidrs    = azurerm_subnet.databases["databases"].address_prefixes
    }
  }
}
