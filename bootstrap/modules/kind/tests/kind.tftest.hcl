# Plans only, because kind needs Docker.

variables {
  cluster         = "local"
  config          = "../../kind.yaml"
  kubeconfig_path = "/somewhere/kubeconfig"
}

run "recreated_when_the_configuration_changes" {
  command = plan

  assert {
    condition     = terraform_data.cluster.triggers_replace == ["local", filesha256("../../kind.yaml")]
    error_message = "A change of the configuration must recreate the cluster."
  }

  assert {
    condition     = terraform_data.cluster.input.KUBECONFIG == "/somewhere/kubeconfig"
    error_message = "The destroy provisioner must know the path of the kubeconfig."
  }
}

run "rejects_a_missing_configuration" {
  command = plan

  variables {
    config = "nowhere.yaml"
  }

  expect_failures = [var.config]
}
