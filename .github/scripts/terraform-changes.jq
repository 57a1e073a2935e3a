# What a plan changes, without any value: addresses and actions. Input: `terraform show -json PLANFILE`; $root: the root's name.
# `argocd` has the version that Terraform installed last and the pinned one, which are no secret.

def actions: .change | (.actions - ["no-op", "read"]) + (if .importing then ["import"] else [] end);

{
  root: $root,
  changes: (
    [.resource_changes[]? | { address, actions: actions }]
    + [.output_changes // {} | to_entries[] | { address: "output.\(.key)", actions: (.value.actions - ["no-op"]) }]
    | map(select(.actions | length > 0))
  ),
  argocd: (
    [.resource_changes[]? | select(.type == "terraform_data" and .name == "installation") | .change
      | { installed: .before.triggers_replace[-1], pinned: .after.triggers_replace[-1] }][0]
  )
}
