output "client_ids" {
  description = "Client id of each component's identity."
  value       = { for component, identity in azurerm_user_assigned_identity.component : component => identity.client_id }
  depends_on  = [azurerm_federated_identity_credential.service_account, azurerm_role_assignment.component]
}
