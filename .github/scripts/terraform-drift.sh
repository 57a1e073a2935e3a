#!/usr/bin/env bash
# Keeps one open issue for each root whose nightly plan is not empty: opens, updates or closes it. What it says are addresses and
# actions. A root without a plan, because planning failed, keeps its issue as it is.
# Usage: GH_TOKEN=… GITHUB_REPOSITORY=… RUN_URL=… terraform-drift.sh FOLDER, which has drift-ROOT/changes.json of terraform-plan.sh
set -euo pipefail

most=200
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
issues=$(gh api --paginate --method GET "repos/$GITHUB_REPOSITORY/issues" --raw-field state=open --raw-field per_page=100 | jq --slurp 'add // []')

report() {
  local root=$1 changes=$2 marker="<!-- slipway-drift $1 -->" number
  number=$(jq --arg marker "$marker" 'map(select(.user.type == "Bot" and (.body // "" | startswith($marker)))) | first | .number // empty' <<<"$issues")
  if jq --exit-status '.changes == []' "$changes" >/dev/null; then
    [ -n "$number" ] || return 0
    echo '{ "state": "closed", "state_reason": "completed" }' >"$scratch/issue.json"
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/$number" --input "$scratch/issue.json"
    echo "$root: no drift any more, closed #$number"
    return
  fi
  jq --arg root "$root" --arg marker "$marker" --arg run "$RUN_URL" --argjson most "$most" '
    def code: tostring | gsub("[`\n\r]"; " ") | .[:300] | "`\(.)`";
    { title: "Drift: \($root)",
      body: ([$marker,
        "The cloud is not as `bootstrap/roots/\($root)` says, or main was not applied: [the plan of this night](\($run)) is not empty.",
        "Apply the root, or say in it what was changed by hand; `docs/runbooks/drift.md` has how. This issue is closed by the first night without a difference.",
        "",
        (.argocd | select(. != null and .installed != .pinned) | "Argo CD: Terraform installed \(.installed | code) last, and \(.pinned | code) is pinned.", ""),
        (.changes[:$most][] | "- \(.actions | join(", ") | code) \(.address | code)"),
        (if (.changes | length) > $most then "- and \((.changes | length) - $most) more" else empty end)] | join("\n")) }' "$changes" >"$scratch/issue.json"
  if [ -n "$number" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/$number" --input "$scratch/issue.json"
    echo "$root: drift, updated #$number"
  else
    gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues" --input "$scratch/issue.json"
    echo "$root: drift, opened an issue"
  fi
}

for folder in "$1"/drift-*/; do
  [ -f "$folder/changes.json" ] || continue
  root=$(basename "$folder")
  report "${root#drift-}" "$folder/changes.json"
done
