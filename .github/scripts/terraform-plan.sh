#!/usr/bin/env bash
# Plans a root into a folder: `tfplan` to apply, `plan.txt` to read; prints a summary.
# Usage: terraform-plan.sh ROOT FOLDER [OPTION…]
set -euo pipefail

root=$1
folder=$2
shift 2
mkdir -p "$folder"

status=0
# Without a lock, because the plan role cannot write to the state; apply rejects a stale plan.
terraform -chdir="bootstrap/roots/$root" plan -input=false -no-color -lock=false -detailed-exitcode -out="$folder/tfplan" "$@" >"$folder/log" 2>&1 || status=$?
if [ "$status" -ne 0 ] && [ "$status" -ne 2 ]; then
  cat "$folder/log" >&2
  exit 1
fi
rm "$folder/log"
terraform -chdir="bootstrap/roots/$root" show -no-color "$folder/tfplan" >"$folder/plan.txt"

# A comment is limited to 65,536 characters; the artifact has the complete plan.
max=50000
text=$(sed 's/`/´/g' "$folder/plan.txt")
echo "### Plan of \`$root\`: $(grep -m 1 -E '^(Plan:|No changes)' "$folder/plan.txt" || echo 'outputs change')"
echo
echo "Of commit \`$(git rev-parse --short HEAD)\`, SHA-256 \`$(sha256sum "$folder/tfplan" | cut -d ' ' -f 1)\`."
echo
echo "<details><summary>Complete plan</summary>"
echo
echo '```'
printf '%s\n' "${text:0:max}"
echo '```'
[ "${#text}" -le "$max" ] || echo "Truncated at $max characters: see the artifact for the rest."
echo "</details>"
