#!/usr/bin/env bash
# Posts the plan that a run of the workflow `ci` has made on its pull request, over the comment that has the one before.
# Usage: GH_TOKEN=… GITHUB_REPOSITORY=… RUN=… COMMIT=… OWNER=… BRANCH=… comment-plan.sh
set -euo pipefail

MARKER='<!-- slipway-plan -->'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Of a fork's pull request, the event does not say which one it is.
number=$(gh api --method GET "repos/$GITHUB_REPOSITORY/pulls" --raw-field state=open --raw-field "head=$OWNER:$BRANCH" |
  jq --arg commit "$COMMIT" 'map(select(.head.sha == $commit)) | first | .number // empty')
if [ -z "$number" ]; then
  echo "No open pull request has $COMMIT any more: nothing to post."
  exit 0
fi
if ! gh run download "$RUN" --repo "$GITHUB_REPOSITORY" --name plan --dir "$scratch" 2>"$scratch/error"; then
  echo "Run $RUN has made no plan: $(tail -n 1 "$scratch/error")"
  exit 0
fi
# What was made by code that nobody has reviewed: text of at most what a comment may have, that is a plan.
if [ ! -f "$scratch/plan.md" ] || [ -L "$scratch/plan.md" ] || [ "$(wc -m <"$scratch/plan.md")" -gt 65536 ] ||
  [ "$(head -n 1 "$scratch/plan.md")" != "$MARKER" ]; then
  echo "Run $RUN has made something else than a plan." >&2
  exit 1
fi
jq --null-input --rawfile body "$scratch/plan.md" '{ body: $body }' >"$scratch/body.json"
comment=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" |
  jq --slurp --arg marker "$MARKER" 'add // [] | map(select(.user.type == "Bot" and (.body | startswith($marker)))) | first | .id // empty')
if [ -n "$comment" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$comment" --input "$scratch/body.json"
else
  gh api --silent "repos/$GITHUB_REPOSITORY/issues/$number/comments" --input "$scratch/body.json"
fi
