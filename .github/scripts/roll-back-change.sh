#!/usr/bin/env bash
# Rolls back what a change did to clusters, a commit for each component, on the branch that is checked out. What does not go back, such
# as data, is reported and stays. Fails if there is nothing that it could roll back.
# Usage: BEFORE=… AFTER=… UNTIL=… roll-back-change.sh REPORT CLUSTER…
set -euo pipefail

report=$1
shift
: >"$report"
if git log --format=%s "$BEFORE..$AFTER" | grep -q '^Roll .* back to '; then
  echo 'The change is a rollback itself: rolled back in turn, it would come again. A person has to look.' | tee "$report"
  exit 1
fi
commits=0
for cluster in "$@"; do
  # Applications follow the components.
  components=$(git diff --name-only "$BEFORE" "$AFTER" -- "dist/$cluster" | cut -d / -f 3- | sed -n 's|/.*||p' | sort -u | grep -vx applications) || continue
  for component in $components; do
    echo "$cluster: $component" | tee -a "$report"
    if npx slipway rollback "$component" --cluster "$cluster" --to "$BEFORE" --until "$UNTIL" \
      --because "its hosts did not answer after ${AFTER:0:10}" 2>&1 | tee -a "$report"; then
      commits=$((commits + 1))
    fi
  done
done
[ "$commits" -gt 0 ]
