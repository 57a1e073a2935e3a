#!/usr/bin/env bash
# Commits what code that nobody has reviewed has rendered, and pushes it to the branch that it was rendered for. It takes a patch as text,
# runs nothing of the branch, and refuses whatever is not in dist/.
# Usage: GH_TOKEN=… BRANCH=… commit-dist.sh PATCH
set -euo pipefail

patch=$1
if [ ! -s "$patch" ]; then
  echo 'dist is up to date: nothing to commit'
  exit 0
fi
git apply --index "$patch"
# Of what would be committed, and not of what the patch says: it may rename.
others=$(git diff --cached --name-only --no-renames -- . ':(exclude)dist')
if [ -n "$others" ]; then
  printf 'The patch changes what is not in dist/, so that nothing is committed:\n%s\n' "$others" >&2
  exit 1
fi
git -c core.hooksPath=/dev/null -c user.name='slipway-render[bot]' -c user.email='slipway-render[bot]@users.noreply.github.com' \
  commit --quiet --message 'Render dist'
git -c core.hooksPath=/dev/null push --quiet "https://x-access-token:${GH_TOKEN}@github.com/${GITHUB_REPOSITORY}.git" "HEAD:refs/heads/${BRANCH}"
