output "client_ids" {
  description = "Client ids of the workflows' identities: plan and apply."
  value       = { for name, identity in azurerm_user_assigned_identity.workflow : name => identity.client_id }
}

output "principal_ids" {
  description = "Object ids of the workflows' identities: that of apply must be a member of the administrators' group."
  value       = { for name, identity in azurerm_user_assigned_identity.workflow : name => identity.principal_id }
}
