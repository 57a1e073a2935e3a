variable "name" {
  description = "What the names of all repositories begin with."
  type        = string
}

variable "repositories" {
  description = "Images that are kept here, by the last part of their name."
  type        = set(string)

  validation {
    condition     = alltrue([for name in var.repositories : can(regex("^[a-z0-9]+([._-][a-z0-9]+)*$", name))])
    error_message = "A repository's name must be lower-case letters and digits, with single dots, hyphens or underscores between them."
  }
}

variable "untagged_days" {
  description = "Days that images without a tag are kept: what a build left behind that did not finish."
  type        = number
  default     = 14

  validation {
    condition     = var.untagged_days >= 1
    error_message = "Images without a tag must be kept for a day or more."
  }
}
