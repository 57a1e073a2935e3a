# Plans alone: the lab applies (test/lab/scenarios/hand-over.e2e.ts).

variables {
  cluster        = "staging-aks"
  dist           = "../../../dist/staging-aks"
  argocd_version = "v3.5.7"
  kubeconfig     = <<-EOT
    apiVersion: v1
    kind: Config
    clusters: [{ name: it, cluster: { server: "https://api.example.com" } }]
    users: [{ name: it, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: get-token } } }]
  EOT
}

run "it_installs_the_version_that_is_pinned_and_keeps_what_destroy_needs" {
  command = plan

  assert {
    condition     = terraform_data.removal.input.MANIFEST == "https://raw.githubusercontent.com/argoproj/argo-cd/v3.5.7/manifests/ha/install.yaml"
    error_message = "The manifest must be that of the version, made for high availability."
  }

  assert {
    condition     = length(terraform_data.credential) == 0
    error_message = "A public repository wants no credential."
  }

  assert {
    condition     = output.version == "v3.5.7"
    error_message = "It must say what it installed."
  }
}

run "a_laptop_runs_each_part_once" {
  command = plan

  variables {
    high_availability = false
  }

  assert {
    condition     = endswith(terraform_data.removal.input.MANIFEST, "/v3.5.7/manifests/install.yaml")
    error_message = "Without high availability the manifest must be the plain one."
  }
}

run "a_mirror_stands_in_for_the_project_s_own_manifest" {
  command = plan

  variables {
    install_manifest = "https://mirror.example.com/argo-cd.yaml"
  }

  assert {
    condition     = terraform_data.removal.input.MANIFEST == "https://mirror.example.com/argo-cd.yaml"
    error_message = "The given manifest must be used."
  }
}

run "what_was_there_before_is_neither_installed_nor_removed" {
  command = plan

  variables {
    install = false
  }

  assert {
    condition     = length(terraform_data.installation) == 0 && terraform_data.removal.input.MANIFEST == "" && output.version == null
    error_message = "Argo CD must be left as it is."
  }
}

run "a_private_repository_s_credential_is_known_by_its_command_alone" {
  command = plan

  variables {
    repository_credential = { command = ["fetch", "it's", "here"], version = "1" }
  }

  assert {
    condition     = length(terraform_data.credential) == 1
    error_message = "The credential must be handed over."
  }
}

run "a_credential_in_the_kubeconfig_is_refused" {
  command = plan

  variables {
    kubeconfig = <<-EOT
      users: [{ name: it, user: { token: not-for-the-state } }]
    EOT
  }

  expect_failures = [var.kubeconfig]
}

run "a_key_in_a_kubeconfig_in_json_is_refused" {
  command = plan

  variables {
    kubeconfig = "{\"users\":[{\"user\":{\"client-key-data\":\"bm90\"}}]}"
  }

  expect_failures = [var.kubeconfig]
}

run "two_kubeconfigs_are_refused" {
  command = plan

  variables {
    kubeconfig_path = "/somewhere"
  }

  expect_failures = [var.kubeconfig_path]
}

run "none_is_refused" {
  command = plan

  variables {
    kubeconfig = null
  }

  expect_failures = [var.kubeconfig_path]
}

run "another_cluster_s_dist_is_refused" {
  command = plan

  variables {
    dist = "../../../dist/production-aks"
  }

  expect_failures = [terraform_data.hand_over]
}

run "a_cluster_without_facts_gets_argo_cd_and_is_handed_over_later" {
  command = plan

  variables {
    dist                  = "./tests/without-facts"
    repository_credential = { command = ["fetch"], version = "1" }
  }

  assert {
    condition     = length(terraform_data.installation) == 1 && length(terraform_data.hand_over) == 0 && length(terraform_data.credential) == 0
    error_message = "Argo CD must be installed, and nothing be handed over."
  }

  # It says so.
  expect_failures = [check.handed_over]
}

run "a_cluster_with_facts_is_handed_over" {
  command = plan

  assert {
    condition     = length(terraform_data.hand_over) == 1
    error_message = "The root Application must be applied."
  }
}

run "a_folder_that_is_not_rendered_is_refused" {
  command = plan

  variables {
    dist = "../../../charts"
  }

  expect_failures = [var.dist]
}

run "a_version_that_is_no_tag_is_refused" {
  command = plan

  variables {
    argocd_version = "stable"
  }

  expect_failures = [var.argocd_version]
}
