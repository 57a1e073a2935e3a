#!/usr/bin/env bash
# Validates folders of bootstrap/ and runs their tests, which mock what is not theirs. Signs in nowhere.
# Usage: terraform-validate.sh [FOLDER…], all modules and roots if none is given; `built-in` stands for those that need
# no provider.
set -euo pipefail

folders=("$@")
[ $# -gt 0 ] || folders=(bootstrap/modules/* bootstrap/roots/*/)
[ "${1:-}" != built-in ] || mapfile -t folders < <(grep -L required_providers bootstrap/modules/*/versions.tf bootstrap/roots/*/versions.tf | xargs -n 1 dirname)

# Each provider is downloaded once.
export TF_PLUGIN_CACHE_DIR=${TF_PLUGIN_CACHE_DIR:-$(mktemp -d)}
export TF_DATA_DIR
TF_DATA_DIR=$(mktemp -d)
trap 'rm -rf "$TF_DATA_DIR"' EXIT

for folder in "${folders[@]}"; do
  echo "== $folder"
  rm -rf "${TF_DATA_DIR:?}"/*
  terraform -chdir="$folder" init -backend=false -input=false >/dev/null
  terraform -chdir="$folder" validate -no-color
  if [ -d "$folder/tests" ]; then terraform -chdir="$folder" test -no-color; fi
done
