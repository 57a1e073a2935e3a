# EKS in Auto Mode: AWS runs nodes, their network, disks and load balancers. Nodes are replaced within three weeks.

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  managed_policies = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
}

# Made here since EKS would make it without an end to what it keeps.
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

  # Auto Mode brings its own.
  bootstrap_self_managed_addons = false

  access_config {
    authentication_mode = "API"
    # Whoever happens to run Terraform first is an administrator only if listed as one.
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    endpoint_private_access = true
    endpoint_public_access  = length(var.operator_cidrs) > 0
    public_access_cidrs     = length(var.operator_cidrs) > 0 ? var.operator_cidrs : null
  }

  # Secrets lie encrypted twice in etcd: without this key nobody reads them, AWS included.
  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }

  # Auto Mode is these three together, or none of them.
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

  # At the end of its support a version is upgraded, instead of being paid for sixfold.
  upgrade_policy {
    support_type = "STANDARD"
  }

  # AWS moves traffic out of a zone that fails.
  zonal_shift_config {
    enabled = true
  }

  # Roles without their policies could neither make nor clean up what belongs to the cluster.
  depends_on = [
    aws_cloudwatch_log_group.control_plane,
    aws_iam_role_policy_attachment.cluster,
    aws_iam_role_policy_attachment.node,
    aws_kms_key_policy.secrets,
  ]
}

# Auto Mode has the driver of volumes, but not the controller of their snapshots, which Velero asks for them.
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

  # Its pods wait for the first node.
  timeouts {
    create = "30m"
  }
}
