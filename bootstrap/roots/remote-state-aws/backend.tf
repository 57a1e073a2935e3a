# The bucket that holds this state is in it. The first time, therefore, it is made with a state on this machine, which
# moves in afterwards:
#
#   echo 'terraform { backend "local" {} }' >backend_override.tf
#   terraform init && terraform apply
#   rm backend_override.tf
#   terraform init -migrate-state -backend-config=../s3.tfbackend
#
# Then remove terraform.tfstate and its backup, which Git ignores.
terraform {
  backend "s3" {
    key = "remote-state-aws.tfstate"
  }
}
