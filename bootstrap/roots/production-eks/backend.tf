terraform {
  backend "s3" {
    key = "production-eks.tfstate"
  }
}
