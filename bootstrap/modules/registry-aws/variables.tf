variable "name" {
  description = "Prefix of the repository names."
  type        = string
}

variable "repositories" {
  description = "Images to create repositories for, by the last part of their name."
  type        = set(string)

  validation {
    condition     = alltrue([for name in var.repositories : can(regex("^[a-z0-9]+([._-][a-z0-9]+)*$", name))])
    error_message = "A repository's name must be lower-case letters and digits, with single dots, hyphens or underscores between them."
  }
}
