output "client_ids" {
  description = "Client ids for the repository's variables: AZURE_PLAN_CLIENT_ID, AZURE_APPLY_CLIENT_ID and AZURE_PUBLISH_CLIENT_ID."
  value       = module.workflows.client_ids
}

output "principal_ids" {
  description = "Object ids of the workflows' identities: make that of apply a member of the administrators' group, and put that of publish into the settings."
  value       = module.workflows.principal_ids
}
