# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {}

variables {
  name                = "example-production-eks"
  vpc_id              = "vpc-00000000"
  vpc_cidr            = "10.30.0.0/16"
  zones               = ["us-east-1a", "us-east-1b", "us-east-1c"]
  deletion_protection = true
  databases           = { postfacto = { class = "db.t4g.micro" } }
}

run "one_server" {
  command = plan

  assert {
    condition     = aws_db_instance.this["postfacto"].identifier == "example-production-eks-postfacto" && !aws_db_instance.this["postfacto"].publicly_accessible && aws_db_instance.this["postfacto"].storage_encrypted
    error_message = "The server must have the name of its component, no public address, and encrypted storage."
  }

  assert {
    condition     = aws_db_instance.this["postfacto"].backup_retention_period == 14 && aws_db_instance.this["postfacto"].deletion_protection && !aws_db_instance.this["postfacto"].skip_final_snapshot && !aws_db_instance.this["postfacto"].delete_automated_backups
    error_message = "The server must be restorable for 14 days, hard to delete, and keep its backups if it is."
  }

  assert {
    condition     = output.databases["postfacto"].cidrs == ["10.30.200.0/24", "10.30.201.0/24", "10.30.202.0/24"] && output.databases["postfacto"].user == "app"
    error_message = "Servers must have subnets of their own, which the facts name."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.databases["databases"].cidr_ipv4 == "10.30.0.0/16" && aws_vpc_security_group_ingress_rule.databases["databases"].from_port == 5432
    error_message = "Nobody but the cluster's network may call the server."
  }
}

run "nothing_without_databases" {
  command = plan

  variables {
    databases = {}
  }

  assert {
    condition     = output.databases == null && length(aws_subnet.databases) == 0 && length(aws_security_group.databases) == 0
    error_message = "Without databases nothing must be made."
  }
}

run "rejects_backups_of_a_day" {
  command = plan

  variables {
    databases = { postfacto = { class = "db.t4g.micro", backup_days = 1 } }
  }

  expect_failures = [var.databases]
}
