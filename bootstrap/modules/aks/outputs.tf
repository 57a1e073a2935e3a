locals {
  # Entra ID's application for AKS, the same in every tenant.
  aks_server_id = "6dae42f8-4368-4678-94ff-3960e28e3630"

  # No credential is in it, since local accounts are disabled: what is left is where the API server is.
  api_server = {
    server                     = nonsensitive(azurerm_kubernetes_cluster.this.kube_config[0].host)
    certificate-authority-data = nonsensitive(azurerm_kubernetes_cluster.this.kube_config[0].cluster_ca_certificate)
  }
}

output "kubeconfig" {
  description = "Kubeconfig without any credential: kubelogin fetches a token of whoever is signed in to the Azure CLI."
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
  description = "Who signs the tokens of ServiceAccounts."
  value       = azurerm_kubernetes_cluster.this.oidc_issuer_url
}

output "kubelet_object_id" {
  description = "Object id of the identity that nodes pull images as."
  value       = azurerm_user_assigned_identity.nodes.principal_id
}

output "key_vault_id" {
  description = "Id of the cluster's vault."
  value       = azurerm_key_vault.cluster.id
}

output "key_vault_url" {
  description = "URL of the cluster's vault."
  value       = azurerm_key_vault.cluster.vault_uri
}

output "repository_credential_command" {
  description = "Prints the repository's credential: the secret argo-cd-repository of the vault, which a person has put there."
  value       = ["az", "keyvault", "secret", "show", "--vault-name", azurerm_key_vault.cluster.name, "--name", "argo-cd-repository", "--query", "value", "--output", "tsv"]
}

output "tenant_id" {
  description = "The tenant that the cluster belongs to."
  value       = data.azurerm_client_config.current.tenant_id
}

output "subscription_id" {
  description = "The subscription that the cluster lies in."
  value       = data.azurerm_client_config.current.subscription_id
}
