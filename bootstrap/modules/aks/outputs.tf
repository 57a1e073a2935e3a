locals {
  # Entra ID's application for AKS, the same in every tenant.
  aks_server_id = "6dae42f8-4368-4678-94ff-3960e28e3630"

  # Contains no credential, because local accounts are disabled: only the API server's address and CA.
  api_server = {
    server                     = nonsensitive(azurerm_kubernetes_cluster.this.kube_config[0].host)
    certificate-authority-data = nonsensitive(azurerm_kubernetes_cluster.this.kube_config[0].cluster_ca_certificate)
  }
}

output "kubeconfig" {
  description = "Kubeconfig without credentials: kubelogin gets a token from the Azure CLI's login."
  value = yamlencode({
    apiVersion      = "v1"
    kind            = "Config"
    current-context = var.name
    clusters        = [{ name = var.name, cluster = local.api_server }]
    contexts        = [{ name = var.name, context = { cluster = var.name, user = "azurecli" } }]
    users = [{
      name = "azurecli"
      user = {
        exec = {
          apiVersion         = "client.authentication.k8s.io/v1beta1"
          command            = "kubelogin"
          args               = ["get-token", "--login", "azurecli", "--server-id", local.aks_server_id]
          interactiveMode    = "Never"
          provideClusterInfo = false
          installHint        = "Install kubelogin: az aks install-cli"
        }
      }
    }]
  })

  # Argo CD's pods need nodes to run on.
  depends_on = [azurerm_kubernetes_cluster_node_pool.zone]
}

output "oidc_issuer_url" {
  description = "Issuer of the ServiceAccounts' tokens."
  value       = azurerm_kubernetes_cluster.this.oidc_issuer_url
}

output "kubelet_object_id" {
  description = "Object id of the identity that nodes pull images with."
  value       = azurerm_user_assigned_identity.nodes.principal_id
}

output "key_vault_id" {
  description = "Id of the cluster's Key Vault."
  value       = azurerm_key_vault.cluster.id
}

output "key_vault_url" {
  description = "URL of the cluster's Key Vault."
  value       = azurerm_key_vault.cluster.vault_uri
}

output "repository_credential_command" {
  description = "Command that prints the repository's credential: the secret argo-cd-repository, created by hand in the Key Vault."
  value       = ["az", "keyvault", "secret", "show", "--vault-name", azurerm_key_vault.cluster.name, "--name", "argo-cd-repository", "--query", "value", "--output", "tsv"]
}

output "tenant_id" {
  description = "The tenant of the cluster."
  value       = data.azurerm_client_config.current.tenant_id
}

output "subscription_id" {
  description = "The subscription of the cluster."
  value       = data.azurerm_client_config.current.subscription_id
}
