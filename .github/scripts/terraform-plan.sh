#!/usr/bin/env bash
# Plans a root into a folder: `tfplan` to apply, `plan.txt` to read; a summary goes to standard output.
# Usage: terraform-plan.sh ROOT FOLDER [OPTION…]
set -euo pipefail

root=$1
folder=$2
shift 2
mkdir -p "$folder"

status=0
# Without a lock, since a plan may not write to the state; what has changed meanwhile is found when it is applied.
terraform -chdir="bootstrap/roots/$root" plan -input=false -no-color -lock=false -detailed-exitcode -out="$folder/tfplan" "$@" >"$folder/log" 2>&1 || status=$?
if [ "$status" -ne 0 ] && [ "$status" -ne 2 ]; then
  cat "$folder/log" >&2
  exit 1
fi
rm "$folder/log"
terraform -chdir="bootstrap/roots/$root" show -no-color "$folder/tfplan" >"$folder/plan.txt"

# A comment holds 65,536 characters; the artifact holds all.
most=50000
text=$(sed 's/`/´/g' "$folder/plan.txt")
echo "### Plan of \`$root\`: $(grep -m 1 -E '^(Plan:|No changes)' "$folder/plan.txt" || echo 'outputs change')"
echo
echo "Of commit \`$(git rev-parse --short HEAD)\`, SHA-256 \`$(sha256sum "$folder/tfplan" | cut -d ' ' -f 1)\`."
echo
echo "<details><summary>All of it</summary>"
echo
echo '```'
printf '%s\n' "${text:0:most}"
echo '```'
[ "${#text}" -le "$most" ] || echo "Cut at $most characters: the rest is in the artifact."
echo "</details>"
