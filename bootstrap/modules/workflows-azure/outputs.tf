output "client_ids" {
  description = "Client ids of the workflows' identities: plan, apply and publish."
  value       = { for name, identity in azurerm_user_assigned_identity.workflow : name => identity.client_id }
}

output "principal_ids" {
  description = "Object ids of the workflows' identities: that of apply must be a member of the administrators' group, that of publish in the settings."
  value       = { for name, identity in azurerm_user_assigned_identity.workflow : name => identity.principal_id }
}
