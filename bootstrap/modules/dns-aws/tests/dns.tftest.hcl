# The provider is mocked: the tests check the plan, not AWS's behaviour.
mock_provider "aws" {}

variables {
  name   = "example-production-eks"
  domain = "us.example.com"
}

run "zone" {
  command = plan

  assert {
    condition     = aws_route53_zone.this.name == "us.example.com"
    error_message = "The zone must have the domain's name."
  }

  assert {
    condition     = toset(aws_route53_record.issuer.records) == toset(["0 issue \"letsencrypt.org\"", "0 issuewild \"letsencrypt.org\""])
    error_message = "Only Let's Encrypt may issue."
  }
}

run "rejects_a_trailing_dot" {
  command = plan

  variables {
    domain = "us.example.com."
  }

  expect_failures = [var.domain]
}
