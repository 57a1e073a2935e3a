#!/usr/bin/env bash
# Pushes the last commit to a branch, and opens a pull request with its message and what the command printed.
# Does nothing if that branch is there already, as when a run is repeated.
# Usage: GH_TOKEN=… open-pull-request.sh BRANCH REPORT
set -euo pipefail

branch=$1
remote=https://x-access-token:${GH_TOKEN}@github.com/${GITHUB_REPOSITORY}.git
if [ -n "$(git ls-remote --heads "$remote" "refs/heads/$branch")" ]; then
  echo "The branch $branch is there already, and left as it is"
  exit 0
fi
# A body has at most 65,536 characters; the plan of the pull request has all of it.
body=$(git log -1 --format=%b && printf '\n```\n' && head -c 50000 "$2" && printf '\n```\n')
git push --quiet "$remote" "HEAD:refs/heads/${branch}"
gh pr create --head "$branch" --title "$(git log -1 --format=%s)" --body "$body"
