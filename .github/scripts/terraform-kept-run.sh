#!/usr/bin/env bash
# Prints the step output `run`: the last run on main that saved what is kept of a cluster; empty if there is none. A destruction that
# goes on in another run needs it, because what was let go of is in the state no more.
# Usage: GH_TOKEN=… GITHUB_REPOSITORY=… terraform-kept-run.sh CLUSTER
set -euo pipefail

# A fork's branch may be called main as well, and runs what nobody has reviewed.
artifacts=$(gh api --method GET "repos/$GITHUB_REPOSITORY/actions/artifacts" --raw-field "name=kept-$1" --raw-field per_page=100)
jq -r '[.artifacts[] | select((.expired | not) and .workflow_run.head_branch == "main"
    and .workflow_run.head_repository_id == .workflow_run.repository_id)]
  | "run=\(max_by(.created_at).workflow_run.id // "")"' <<<"$artifacts"
