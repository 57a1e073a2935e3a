#!/usr/bin/env bash
# Plans a root into a folder: `plan.txt` to read and to approve, `changes.json` with addresses and actions alone; prints a summary.
# The planfile holds the state in clear, so it is deleted here, and apply plans again: terraform-apply.sh.
# Usage: terraform-plan.sh ROOT FOLDER [OPTION…]
set -euo pipefail

root=$1
folder=$2
shift 2
mkdir -p "$folder"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

terraform() { command terraform -chdir="bootstrap/roots/$root" "$@"; }

status=0
# Without a lock, because the plan role cannot write to the state.
terraform plan -input=false -no-color -lock=false -detailed-exitcode -out="$scratch/tfplan" "$@" >"$scratch/log" 2>&1 || status=$?
if [ "$status" -ne 0 ] && [ "$status" -ne 2 ]; then
  cat "$scratch/log" >&2
  exit 1
fi
# Sensitive values are hidden in it.
terraform show -no-color "$scratch/tfplan" >"$folder/plan.txt"
terraform show -json "$scratch/tfplan" >"$scratch/plan.json"
jq --arg root "$root" --from-file .github/scripts/terraform-changes.jq "$scratch/plan.json" >"$folder/changes.json"

# A comment is limited to 65,536 characters; the artifact has the complete plan.
max=50000
text=$(sed 's/`/´/g' "$folder/plan.txt")
echo "### Plan of \`$root\`: $(grep -m 1 -E '^(Plan:|No changes)' "$folder/plan.txt" || echo 'outputs change')"
echo
echo "Of commit \`$(git rev-parse --short HEAD)\`, SHA-256 \`$(sha256sum "$folder/plan.txt" | cut -d ' ' -f 1)\`."
echo
echo "<details><summary>Complete plan</summary>"
echo
echo '```'
printf '%s\n' "${text:0:max}"
echo '```'
[ "${#text}" -le "$max" ] || echo "Truncated at $max characters: see the artifact for the rest."
echo "</details>"
