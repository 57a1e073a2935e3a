# What all roots share, said once: a fork changes this file. What tells two clusters apart is in their roots.
locals {
  # Begins every name that must be unique in a cloud or in the whole world.
  organization = "example"

  # How the subjects of sign-in tokens begin with which the repository's workflows sign in to the clouds:
  # `gh api repos/OWNER/NAME/actions/oidc/customization/sub --jq .sub_claim_prefix` prints it. Of repositories made, renamed or
  # transferred since July 2026 it has ids, repo:OWNER@ID/NAME@ID; while yours moves there, name both.
  github_subject_prefixes = ["repo:example/slipway"]

  # Where images of the repository's own services are, as the pins have it: who publishes may push there, and nowhere else.
  image_registry = "ghcr.io/example/slipway"

  # Minor version of Kubernetes on every cloud; patches come by themselves in the maintenance window.
  kubernetes_version = "1.35"

  # Who may call the API servers and the secret stores from outside: an office, a VPN, the runners of CI.
  operator_cidrs = ["203.0.113.0/24"]

  # When nodes and control planes may be replaced, in UTC.
  maintenance = { day = "Sunday", start = "03:00", hours = 4 }

  # How long audit logs, flow logs and diagnostics are kept, in days.
  log_retention_days = 90

  # Whose members administer Azure clusters: an Entra ID group.
  azure_admin_group_id = "00000000-0000-4000-8000-000000000001"

  # Who publishes images, of use with a registry on Azure: what the root remote-state-azure has made, by its object id.
  azure_publish_principal_id = null

  # Where clusters are made on Azure: the subscription of staging, that of production.
  azure_subscription_ids = ["00000000-0000-4000-8000-000100000002", "00000000-0000-4000-8000-000200000002"]

  # The AWS account of the clusters, and the role in it that people administer them with: its path, if any, and its name.
  aws_account_id         = "000000000000"
  aws_administrator_role = "administrator"

  # Null for a public repository. For a private one "1", and a new value whenever its credential was replaced.
  repository_credential_version = null
}

locals {
  # True as long as nobody has named an account to make anything in.
  placeholders = local.aws_account_id == "000000000000" && alltrue([for id in local.azure_subscription_ids : startswith(id, "00000000-")])

  folder = "${path.module}/../../.."
  tags = merge(
    { project = "slipway", organization = local.organization, managed-by = "terraform" },
    var.cluster == null ? {} : { cluster = var.cluster },
  )

  # What the cluster file and the pins say is not repeated here: `npm run synth` writes it as JSON.
  rendered = jsondecode(var.cluster == null ? "{}" : file("${local.folder}/dist/${var.cluster}/cluster.json"))
}
