# Plans only; the lab tests the apply (test/lab/scenarios/hand-over.e2e.ts).

variables {
  cluster        = "staging-aks"
  dist           = "../../../dist/staging-aks"
  argocd_version = "v3.5.7"
  manifest_sha256 = {
    "manifests/install.yaml"    = "1111111111111111111111111111111111111111111111111111111111111111"
    "manifests/ha/install.yaml" = "2222222222222222222222222222222222222222222222222222222222222222"
  }
  kubeconfig = <<-EOT
    apiVersion: v1
    kind: Config
    clusters: [{ name: it, cluster: { server: "https://api.example.com" } }]
    users: [{ name: it, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: get-token } } }]
  EOT
}

run "installs_the_given_version" {
  command = plan

  assert {
    condition     = terraform_data.removal.input.MANIFEST == "https://raw.githubusercontent.com/argoproj/argo-cd/v3.5.7/manifests/ha/install.yaml"
    error_message = "The manifest must be the high-availability one of the given version."
  }

  assert {
    condition     = length(terraform_data.credential) == 0
    error_message = "A public repository needs no credential."
  }

  assert {
    condition     = output.version == "v3.5.7"
    error_message = "The output must be the installed version."
  }
}

run "without_high_availability" {
  command = plan

  variables {
    high_availability = false
  }

  assert {
    condition     = endswith(terraform_data.removal.input.MANIFEST, "/v3.5.7/manifests/install.yaml") && startswith(terraform_data.removal.input.MANIFEST_SHA256, "1")
    error_message = "Without high availability the manifest must be the plain one."
  }
}

run "install_manifest_from_a_mirror" {
  command = plan

  variables {
    install_manifest = {
      location = "https://mirror.example.com/argo-cd.yaml"
      sha256   = "3333333333333333333333333333333333333333333333333333333333333333"
    }
  }

  assert {
    condition     = terraform_data.removal.input.MANIFEST == "https://mirror.example.com/argo-cd.yaml" && startswith(terraform_data.removal.input.MANIFEST_SHA256, "3")
    error_message = "The given manifest must be used."
  }
}

run "refuses_to_install_a_manifest_of_unknown_sha256" {
  command = plan

  variables {
    manifest_sha256 = {}
  }

  expect_failures = [terraform_data.installation]
}

run "existing_argo_cd_is_neither_installed_nor_removed" {
  command = plan

  variables {
    install = false
  }

  assert {
    condition     = length(terraform_data.installation) == 0 && terraform_data.removal.input.MANIFEST == "" && output.version == null
    error_message = "An existing Argo CD must be left alone."
  }
}

run "private_repository" {
  command = plan

  variables {
    repository_credential = { command = ["fetch", "it's", "here"], version = "1" }
  }

  assert {
    condition     = length(terraform_data.credential) == 1
    error_message = "A private repository must get its credential."
  }
}

run "rejects_a_token_in_the_kubeconfig" {
  command = plan

  variables {
    kubeconfig = <<-EOT
      users: [{ name: it, user: { token: not-for-the-state } }]
    EOT
  }

  expect_failures = [var.kubeconfig]
}

run "rejects_a_client_key_in_a_json_kubeconfig" {
  command = plan

  variables {
    kubeconfig = "{\"users\":[{\"user\":{\"client-key-data\":\"bm90\"}}]}"
  }

  expect_failures = [var.kubeconfig]
}

run "rejects_both_kubeconfig_and_kubeconfig_path" {
  command = plan

  variables {
    kubeconfig_path = "/somewhere"
  }

  expect_failures = [var.kubeconfig_path]
}

run "rejects_a_missing_kubeconfig" {
  command = plan

  variables {
    kubeconfig = null
  }

  expect_failures = [var.kubeconfig_path]
}

run "rejects_dist_of_another_cluster" {
  command = plan

  variables {
    dist = "../../../dist/production-aks"
  }

  expect_failures = [terraform_data.hand_over]
}

run "installs_argo_cd_alone_on_a_cluster_without_facts" {
  command = plan

  variables {
    dist                  = "./tests/without-facts"
    repository_credential = { command = ["fetch"], version = "1" }
  }

  assert {
    condition     = length(terraform_data.installation) == 1 && length(terraform_data.hand_over) == 0 && length(terraform_data.credential) == 0
    error_message = "Argo CD must be installed, and the cluster not be handed over."
  }

  # The warning that it is not handed over yet.
  expect_failures = [check.handed_over]
}

run "hands_over_a_cluster_with_facts" {
  command = plan

  assert {
    condition     = length(terraform_data.hand_over) == 1
    error_message = "The root Application must be applied."
  }
}

run "rejects_a_folder_without_rendered_manifests" {
  command = plan

  variables {
    dist = "../../../charts"
  }

  expect_failures = [var.dist]
}

run "rejects_a_version_that_is_not_a_tag" {
  command = plan

  variables {
    argocd_version = "stable"
  }

  expect_failures = [var.argocd_version]
}
