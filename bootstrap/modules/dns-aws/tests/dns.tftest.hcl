# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {
  mock_data "aws_route53_zone" {
    defaults = { zone_id = "Z0ABOVE000000000000", arn = "arn:aws:route53:::hostedzone/Z0ABOVE000000000000" }
  }
}

variables {
  name   = "example-production-eks"
  domain = "us.example.com"

  existing_zone = null
}

run "zone" {
  command = plan

  assert {
    condition     = one(aws_route53_zone.this[*].name) == "us.example.com" && output.zone_name == "us.example.com"
    error_message = "The zone must have the domain's name."
  }

  assert {
    condition     = toset(aws_route53_record.issuer.records) == toset(["0 issue \"letsencrypt.org\"", "0 issuewild \"letsencrypt.org\""])
    error_message = "Only Let's Encrypt may issue."
  }
}

run "existing_zone" {
  command = plan

  variables {
    existing_zone = "example.com"
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0 && output.zone_name == "example.com" && output.zone_id == "Z0ABOVE000000000000"
    error_message = "No zone must be made, and the facts must name the one above."
  }

  assert {
    condition     = aws_route53_record.issuer.name == "us.example.com" && aws_route53_record.issuer.zone_id == "Z0ABOVE000000000000"
    error_message = "The record of the issuer must be that of the domain, in the zone above."
  }
}

run "rejects_a_zone_of_another_domain" {
  command = plan

  variables {
    existing_zone = "example.org"
  }

  expect_failures = [var.existing_zone]
}

run "rejects_a_trailing_dot" {
  command = plan

  variables {
    domain = "us.example.com."
  }

  expect_failures = [var.domain]
}
