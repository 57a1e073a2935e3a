# The rules that come with tflint, all of them: those of the clouds are plugins to download.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# test/bootstrap says which files a module and a root have: roots have no variables.
rule "terraform_standard_module_structure" {
  enabled = false
}
