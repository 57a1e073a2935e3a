#!/usr/bin/env bash
# Applies a root if its plan, made again, is the approved one. A planfile holds the state in clear, so none goes from job to job: what is
# compared is its text, which is what was read and approved.
# Usage: terraform-apply.sh ROOT APPROVED, a plan.txt of terraform-plan.sh
set -euo pipefail

root=$1
approved=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

terraform() { command terraform -chdir="bootstrap/roots/$root" "$@"; }

terraform plan -input=false -no-color -lock-timeout=5m -out="$scratch/tfplan" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }
terraform show -no-color "$scratch/tfplan" >"$scratch/plan.txt"
if ! diff "$approved" "$scratch/plan.txt" >"$scratch/difference"; then
  echo "The plan of $root is no longer the approved one, so nothing was applied: plan again, and have that approved. Approved (<) and now (>):" >&2
  cat "$scratch/difference" >&2
  exit 1
fi
# Terraform refuses it if the state has changed since.
terraform apply -input=false -no-color "$scratch/tfplan"
