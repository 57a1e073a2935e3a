# Managed identities of the cluster itself. Components have their own (identities-azure).

# The control plane's identity: joins nodes and load balancers to the subnets and attaches encrypted disks.
resource "azurerm_user_assigned_identity" "control_plane" {
  name                = "${var.name}-control-plane"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_role_assignment" "control_plane_subnets" {
  for_each = var.subnet_ids

  scope                = each.value
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.control_plane.principal_id
  principal_type       = "ServicePrincipal"
  description          = "The control plane joins nodes and load balancers to the subnet."
}

# The kubelets' identity: pulls images.
resource "azurerm_user_assigned_identity" "nodes" {
  name                = "${var.name}-nodes"
  location            = var.location
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_role_assignment" "control_plane_nodes" {
  scope                = azurerm_user_assigned_identity.nodes.id
  role_definition_name = "Managed Identity Operator"
  principal_id         = azurerm_user_assigned_identity.control_plane.principal_id
  principal_type       = "ServicePrincipal"
  description          = "The control plane gives nodes their identity."
}

resource "azurerm_role_assignment" "control_plane_disks" {
  scope                = azurerm_disk_encryption_set.disks.id
  role_definition_name = "Reader"
  principal_id         = azurerm_user_assigned_identity.control_plane.principal_id
  principal_type       = "ServicePrincipal"
  description          = "The control plane attaches disks of this encryption set."
}
