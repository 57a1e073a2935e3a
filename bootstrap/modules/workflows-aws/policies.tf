# What a plan reads: configuration, never data such as backups, logs, secrets or images. Plans do not lock the state,
# which would need write access.
data "aws_iam_policy_document" "plan" {
  statement {
    sid = "ReadConfiguration"
    actions = [
      "ec2:Describe*",
      "ecr:DescribeRepositories",
      "ecr:GetLifecyclePolicy",
      "ecr:ListTagsForResource",
      "eks:Describe*",
      "eks:List*",
      "iam:GetOpenIDConnectProvider",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "kms:DescribeKey",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListAliases",
      "kms:ListResourceTags",
      "logs:DescribeLogGroups",
      "logs:ListTagsForResource",
      "rds:Describe*",
      "rds:ListTagsForResource",
      "route53:GetHostedZone",
      "route53:ListResourceRecordSets",
      "route53:ListTagsForResource",
      "s3:GetAccelerateConfiguration",
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:ListTagsForResource",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "ReadStates"
    actions   = ["s3:GetObject"]
    resources = ["${var.state_bucket_arn}/*"]
  }

  statement {
    sid       = "DecryptStates"
    actions   = ["kms:Decrypt"]
    resources = [var.state_kms_key_arn]
  }
}

# What an apply changes. It creates roles and their policies, so whoever can approve an apply is in effect an
# administrator of the account: use a separate account for the clusters. It cannot change the roles of workflows.
data "aws_iam_policy_document" "apply" {
  source_policy_documents = [data.aws_iam_policy_document.plan.json]

  statement {
    sid = "ManageClusters"
    actions = [
      "ec2:*",
      "ecr:*",
      "eks:*",
      "kms:*",
      "logs:*",
      "rds:*",
      "route53:*",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "ManageBuckets"
    actions   = ["s3:*"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.name}-*"]
  }

  statement {
    sid = "ManageRoles"
    actions = [
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:DetachRolePolicy",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ]
    resources = ["${local.iam}:role/${var.name}-*"]
  }

  statement {
    sid       = "PassRolesToServices"
    actions   = ["iam:PassRole"]
    resources = ["${local.iam}:role/${var.name}-*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com", "s3.amazonaws.com", "vpc-flow-logs.amazonaws.com"]
    }
  }

  # Service-linked roles, which the first cluster of an account creates.
  statement {
    sid       = "CreateServiceLinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["${local.iam}:role/aws-service-role/*"]
  }

  # Argo CD's credential for a private repository, to copy it to the cluster.
  statement {
    sid       = "ReadRepositoryCredentials"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:${data.aws_partition.current.partition}:secretsmanager:*:${data.aws_caller_identity.current.account_id}:secret:${var.name}-*-repository-*"]
  }

  statement {
    sid         = "DenyOwnPermissions"
    effect      = "Deny"
    not_actions = ["iam:Get*", "iam:List*"]
    resources   = ["${local.iam}:role/${var.name}-terraform-*", aws_iam_openid_connect_provider.github.arn]
  }

  statement {
    sid       = "DenyBackupData"
    effect    = "Deny"
    actions   = ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.name}-*-backups*/*"]
  }

  # They outlast a database that is deleted by mistake.
  statement {
    sid       = "DenyDatabaseBackups"
    effect    = "Deny"
    actions   = ["rds:DeleteDBInstanceAutomatedBackup", "rds:DeleteDBSnapshot"]
    resources = ["*"]
  }

  statement {
    sid       = "ProtectStateBucket"
    effect    = "Deny"
    actions   = ["s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration", "s3:PutEncryptionConfiguration"]
    resources = [var.state_bucket_arn]
  }
}

# What publishing an image takes: to push it, and to read it and its signature back. Nothing unless images are in ECR. It can
# make no repository, and delete or overwrite no image, since tags are immutable.
data "aws_iam_policy_document" "publish" {
  statement {
    sid = "LogIn"
    # AWS has no resource-level permission for it.
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = regexall("^([0-9]{12})\\.dkr\\.ecr(?:-fips)?\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/(.+)$", var.image_registry)

    content {
      sid = "PushImages"
      actions = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ]
      resources = ["arn:${data.aws_partition.current.partition}:ecr:${statement.value[1]}:${statement.value[0]}:repository/${statement.value[2]}/*"]
    }
  }
}
