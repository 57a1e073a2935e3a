#!/usr/bin/env bash
# Rehearses in the lab what this commit changes since a base, in each cluster that it changes, one after the other, and writes the
# reports into a folder. Fails if one of them is not as planned.
# Usage: BASE=… MOST=… rehearse.sh FOLDER
set -euo pipefail

folder=$1
mkdir -p "$folder"
base=$(git merge-base "$BASE" HEAD)
summary="$folder/summary.md"
: >"$summary"
clusters=()
left=()
while read -r cluster; do
  # One that comes or goes has nothing to be compared with.
  for commit in "$base" HEAD; do
    git cat-file -e "$commit:dist/$cluster/applications" 2>/dev/null || continue 2
  done
  if [ "${#clusters[@]}" -lt "$MOST" ]; then clusters+=("$cluster"); else left+=("$cluster"); fi
done < <(git diff --name-only "$base" HEAD -- dist | cut -d / -f 2 | sort -u)

status=0
for cluster in ${clusters[@]+"${clusters[@]}"}; do
  npm run --silent lab -- rehearse "$cluster" --base "$base" --json "$folder/$cluster.json" --markdown "$folder/$cluster.md" || status=1
  if [ -f "$folder/$cluster.md" ]; then
    cat "$folder/$cluster.md" >>"$summary"
  else
    printf '### %s could not be rehearsed: the log says why\n\n' "$cluster" >>"$summary"
  fi
done
[ "${#clusters[@]}" -gt 0 ] || echo 'No cluster is changed that was there before.' >>"$summary"
[ "${#left[@]}" -eq 0 ] || echo "Changed, but not rehearsed, since these are $MOST already: ${left[*]}" >>"$summary"
exit "$status"
