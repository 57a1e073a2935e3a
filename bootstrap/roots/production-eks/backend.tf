# The location is shared by all roots: `terraform init -backend-config=../s3.tfbackend`.
terraform {
  backend "s3" {
    key = "production-eks.tfstate"
  }
}
