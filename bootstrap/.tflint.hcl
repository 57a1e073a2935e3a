# All rules built into tflint; those for the clouds are plugins that would have to be downloaded.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# test/bootstrap checks the files of modules and roots: roots have no variables.
rule "terraform_standard_module_structure" {
  enabled = false
}
