output "login_server" {
  description = "Host that images of this registry are named by."
  value       = azurerm_container_registry.cluster.login_server
}
