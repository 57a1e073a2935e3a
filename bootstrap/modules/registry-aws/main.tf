# Repositories whose tags never change what they mean, so that a pin stays what was reviewed.

resource "aws_ecr_repository" "this" {
  for_each = var.repositories

  name                 = "${var.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name
  # An image with a tag may be what some cluster runs, or what one rolls back to: those stay.
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Remove what builds left behind that did not finish"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 14 }
        action       = { type = "expire" }
      },
    ]
  })
}
