output "login_server" {
  description = "Host name of the registry."
  value       = azurerm_container_registry.cluster.login_server
}
