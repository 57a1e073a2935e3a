# EKS Auto Mode: AWS manages nodes, networking, disks and load balancers. Nodes are replaced within three weeks.

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  managed_policies = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
}

# Created here because EKS would create it without a retention period.
resource "aws_cloudwatch_log_group" "control_plane" {
  name              = "/aws/eks/${var.name}/cluster"
  retention_in_days = var.log_retention_days
}

resource "aws_eks_cluster" "this" {
  name                = var.name
  version             = var.kubernetes_version
  role_arn            = aws_iam_role.cluster.arn
  deletion_protection = var.deletion_protection

  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  # Auto Mode includes its own.
  bootstrap_self_managed_addons = false

  access_config {
    authentication_mode = "API"
    # The creator of the cluster is an administrator only if listed.
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    endpoint_private_access = true
    endpoint_public_access  = length(var.operator_cidrs) > 0
    public_access_cidrs     = length(var.operator_cidrs) > 0 ? var.operator_cidrs : null
  }

  # Envelope encryption of Secrets in etcd with the account's own key.
  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }

  # Auto Mode needs compute, load balancing and block storage enabled together.
  compute_config {
    enabled       = true
    node_pools    = ["general-purpose", "system"]
    node_role_arn = aws_iam_role.node.arn
  }

  kubernetes_network_config {
    ip_family         = "ipv4"
    service_ipv4_cidr = var.service_cidr

    elastic_load_balancing {
      enabled = true
    }
  }

  storage_config {
    block_storage {
      enabled = true
    }
  }

  # At the end of standard support EKS upgrades the cluster; extended support would cost six times as much.
  upgrade_policy {
    support_type = "STANDARD"
  }

  # AWS shifts traffic away from a failing zone.
  zonal_shift_config {
    enabled = true
  }

  # Without their policies the roles could neither create nor clean up the cluster's resources.
  depends_on = [
    aws_cloudwatch_log_group.control_plane,
    aws_iam_role_policy_attachment.cluster,
    aws_iam_role_policy_attachment.node,
    aws_kms_key_policy.secrets,
  ]
}

# Auto Mode includes the CSI driver but not the snapshot controller, which Velero needs.
data "aws_eks_addon_version" "snapshot_controller" {
  addon_name         = "snapshot-controller"
  kubernetes_version = var.kubernetes_version
}

resource "aws_eks_addon" "snapshot_controller" {
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = data.aws_eks_addon_version.snapshot_controller.addon_name
  addon_version               = data.aws_eks_addon_version.snapshot_controller.version
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  # Its pods are pending until the first node joins.
  timeouts {
    create = "30m"
  }
}
