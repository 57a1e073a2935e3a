# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { region = "us-east-1" }
  }

  mock_data "aws_eks_addon_version" {
    defaults = { version = "v8.3.0-eksbuild.1" }
  }
}

variables {
  name               = "example-production-eks"
  kubernetes_version = "1.35"
  subnet_ids         = ["subnet-1", "subnet-2", "subnet-3"]
  service_cidr       = "172.20.0.0/16"
  operator_cidrs     = ["203.0.113.0/24"]
  administrators     = ["arn:aws:iam::000000000000:role/administrator"]
  log_retention_days = 90
}

run "auto_mode" {
  command = plan

  assert {
    condition = (
      aws_eks_cluster.this.compute_config[0].enabled &&
      aws_eks_cluster.this.storage_config[0].block_storage[0].enabled &&
      aws_eks_cluster.this.kubernetes_network_config[0].elastic_load_balancing[0].enabled &&
      !aws_eks_cluster.this.bootstrap_self_managed_addons
    )
    error_message = "Auto Mode must have compute, storage and load balancing, without self-managed add-ons."
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.cluster) == 5 && length(aws_iam_role_policy_attachment.node) == 2
    error_message = "Auto Mode needs five policies for the cluster and two for its nodes."
  }

  assert {
    condition     = aws_eks_addon.snapshot_controller.addon_name == "snapshot-controller"
    error_message = "Velero needs the snapshot controller."
  }
}

run "restricted_by_default" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "Only listed roles may administer the cluster."
  }

  assert {
    condition     = keys(aws_eks_access_policy_association.administrator) == ["arn:aws:iam::000000000000:role/administrator"]
    error_message = "Each listed role must be an administrator of the cluster."
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24"]) || aws_eks_cluster.this.vpc_config[0].public_access_cidrs == tolist(["203.0.113.0/24"])
    error_message = "Only operators may reach the API server from outside."
  }

  assert {
    condition     = aws_eks_cluster.this.deletion_protection && length(aws_eks_cluster.this.enabled_cluster_log_types) == 5
    error_message = "Deletion protection and all control plane logs must be enabled."
  }
}

run "private_api_server" {
  command = plan

  variables {
    operator_cidrs = []
  }

  assert {
    condition     = !aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].endpoint_private_access
    error_message = "Without operator_cidrs the API server must be private."
  }
}

run "rejects_the_whole_internet" {
  command = plan

  variables {
    operator_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.operator_cidrs]
}

run "rejects_an_empty_list_of_administrators" {
  command = plan

  variables {
    administrators = []
  }

  expect_failures = [var.administrators]
}
