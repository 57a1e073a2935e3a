# Plans alone: kind wants Docker.

variables {
  cluster         = "local"
  config          = "../../kind.yaml"
  kubeconfig_path = "/somewhere/kubeconfig"
}

run "the_configuration_decides_when_a_cluster_is_made_anew" {
  command = plan

  assert {
    condition     = terraform_data.cluster.triggers_replace == ["local", filesha256("../../kind.yaml")]
    error_message = "Another configuration must make another cluster."
  }

  assert {
    condition     = terraform_data.cluster.input.KUBECONFIG == "/somewhere/kubeconfig"
    error_message = "Destroy must know where the kubeconfig is."
  }
}

run "a_configuration_that_is_not_there_is_refused" {
  command = plan

  variables {
    config = "nowhere.yaml"
  }

  expect_failures = [var.config]
}
