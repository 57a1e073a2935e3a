variable "name" {
  description = "The organization's name: the prefix of all role and bucket names, here and in the clusters' roots."
  type        = string
}

variable "github_subject_prefixes" {
  description = "How subjects of the repository's sign-in tokens begin, as GitHub says (`sub_claim_prefix`): repo:OWNER/NAME, or with immutable ids repo:OWNER@ID/NAME@ID; both while a repository moves from one to the other."
  type        = set(string)

  validation {
    condition     = alltrue([for prefix in var.github_subject_prefixes : can(regex("^repo:[A-Za-z0-9-]+(/[A-Za-z0-9._-]+|@[0-9]+/[A-Za-z0-9._-]+@[0-9]+)$", prefix))])
    error_message = "A subject begins with repo:OWNER/NAME, or with repo:OWNER@ID/NAME@ID. `gh api repos/OWNER/NAME/actions/oidc/customization/sub --jq .sub_claim_prefix` prints yours."
  }

  validation {
    condition     = length(var.github_subject_prefixes) > 0 && length(var.github_subject_prefixes) == length(distinct([for prefix in var.github_subject_prefixes : strcontains(prefix, "@")]))
    error_message = "There must be one prefix, or two: one by names and one by ids."
  }
}

variable "environments" {
  description = "GitHub environments whose approved jobs may apply and destroy; each must admit only the main branch and require an approval."
  type        = set(string)

  validation {
    condition     = alltrue([for name in var.environments : can(regex("^[a-z0-9-]+$", name))])
    error_message = "An environment's name must be lower-case letters, digits and hyphens."
  }
}

variable "state_bucket_arn" {
  description = "ARN of the state bucket."
  type        = string
}

variable "state_kms_key_arn" {
  description = "ARN of the key that states are encrypted with."
  type        = string
}

variable "image_registry" {
  description = "Where images are published: their names without the last part."
  type        = string
}
