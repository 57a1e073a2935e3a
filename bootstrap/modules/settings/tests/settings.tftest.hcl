run "a_cluster_s_settings_come_from_its_own_files" {
  command = plan

  variables {
    cluster = "staging-aks"
  }

  assert {
    condition     = endswith(output.name, "-staging-aks") && output.tags.cluster == "staging-aks"
    error_message = "The name and the tags must say which cluster it is."
  }

  assert {
    condition     = output.domain == "staging.example.com"
    error_message = "The domain must be that of the cluster file."
  }

  assert {
    condition     = can(regex("^v3\\.", output.argocd_version)) && can(output.argocd_manifest_hashes["manifests/ha/install.yaml"]) && fileexists("${output.dist}/applications/Application.root.yaml")
    error_message = "Argo CD's version must come from the pins, and dist must be found."
  }
}

run "a_root_without_a_cluster_has_the_rest" {
  command = plan

  assert {
    condition     = output.domain == null && output.dist == null && !strcontains(output.name, "-")
    error_message = "Without a cluster there is no domain, no dist, and the organization's name alone."
  }
}

run "an_unknown_cluster_is_refused" {
  command = plan

  variables {
    cluster = "nowhere"
  }

  expect_failures = [var.cluster]
}
