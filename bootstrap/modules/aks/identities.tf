# Who the cluster itself is to Azure. Components have identities of their own.

# What the control plane acts as: it joins nodes and load balancers to the subnets, and attaches encrypted disks.
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

# What nodes act as: they pull images.
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
