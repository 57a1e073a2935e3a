# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["us-east-1d", "us-east-1b", "us-east-1a", "us-east-1c"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_region" {
    defaults = { region = "us-east-1" }
  }
}

variables {
  name               = "example-production-eks"
  cidr               = "10.30.0.0/16"
  log_retention_days = 90
}

run "three_zones" {
  command = plan

  assert {
    condition     = tomap({ for zone, subnet in aws_subnet.private : zone => subnet.cidr_block }) == tomap({ us-east-1a = "10.30.0.0/19", us-east-1b = "10.30.32.0/19", us-east-1c = "10.30.64.0/19" })
    error_message = "Each of the first three zones must have a private subnet of an eighth of the VPC."
  }

  assert {
    condition     = tomap({ for zone, subnet in aws_subnet.public : zone => subnet.cidr_block }) == tomap({ us-east-1a = "10.30.192.0/24", us-east-1b = "10.30.193.0/24", us-east-1c = "10.30.194.0/24" })
    error_message = "The public subnets must follow the private ones."
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 3 && !anytrue([for subnet in aws_subnet.public : subnet.map_public_ip_on_launch])
    error_message = "Each zone must have a NAT gateway, and public addresses must not be assigned automatically."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.tags["kubernetes.io/role/elb"] == "1"])
    error_message = "Public subnets must have the tag for load balancers."
  }

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL" && aws_cloudwatch_log_group.flow.retention_in_days == 90
    error_message = "All traffic must be logged with the given retention."
  }
}

run "single_nat_gateway" {
  command = plan

  variables {
    nat_per_zone = false
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["us-east-1a"] && length(aws_route.nat) == 3
    error_message = "All zones must use the NAT gateway of the first one."
  }
}

run "rejects_a_small_network" {
  command = plan

  variables {
    cidr = "10.30.0.0/20"
  }

  expect_failures = [var.cidr]
}
