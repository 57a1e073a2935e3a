#!/usr/bin/env bash
# Prints a Markdown summary of how dist/ differs between two commits: a table by cluster and component, then the diff.
# Usage: dist-diff.sh BASE HEAD
set -euo pipefail

base=$1
head=$2
# A job summary is limited to 1 MiB; the pull request has the complete diff.
max=900000

range="$base...$head"
if git diff --quiet "$range" -- dist; then
  echo "No changes in dist/."
  exit 0
fi

echo "### Changed manifests"
echo
echo "| cluster | component | added | changed | removed |"
echo "| --- | --- | ---: | ---: | ---: |"
git diff --no-renames --name-status "$range" -- dist | awk -F'[\t/]' '
  # Beside the folders of the components is what Terraform reads.
  { key = $3 " | " (NF > 4 ? $4 : "(Terraform)"); keys[key] = 1; count[key, $1]++ }
  END { for (key in keys) printf "| %s | %d | %d | %d |\n", key, count[key, "A"], count[key, "M"], count[key, "D"] }
' | sort

echo
echo "<details><summary>Diff</summary>"
echo
echo '````diff'
diff=$(git diff --no-renames --no-color "$range" -- dist)
printf '%s\n' "${diff:0:max}"
echo '````'
[ "${#diff}" -le "$max" ] || echo "Truncated at $max characters: see the pull request's files for the rest."
echo "</details>"
