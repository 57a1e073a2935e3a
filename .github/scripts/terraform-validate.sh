#!/usr/bin/env bash
# Validates folders of bootstrap/ and runs their tests, which mock what is not theirs. Signs in nowhere.
# Usage: terraform-validate.sh [FOLDER…], all modules and roots if none is given; `built-in` stands for those that need
# no provider.
set -euo pipefail

# Whether a folder, or a module that it calls, needs a provider.
provided() {
  local name
  grep -qs required_providers "$1"/*.tf && return
  for name in $(sed -n 's|^ *source *= *"\.\./\(.*/\)\{0,1\}\([a-z-]*\)"$|\2|p' "$1"/*.tf); do
    if provided "bootstrap/modules/$name"; then return; fi
  done
  return 1
}

folders=("$@")
if [ $# -eq 0 ] || [ "$1" = built-in ]; then folders=(bootstrap/modules/* bootstrap/roots/*/); fi
if [ "${1:-}" = built-in ]; then
  for i in "${!folders[@]}"; do
    if provided "${folders[$i]}"; then unset "folders[$i]"; fi
  done
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TF_DATA_DIR=$scratch/data
# Each provider is downloaded once.
export TF_PLUGIN_CACHE_DIR=${TF_PLUGIN_CACHE_DIR:-$scratch/plugins}
mkdir -p "$TF_DATA_DIR" "$TF_PLUGIN_CACHE_DIR"

for folder in "${folders[@]}"; do
  echo "== $folder"
  rm -rf "${TF_DATA_DIR:?}"/*
  terraform -chdir="$folder" init -backend=false -input=false >/dev/null
  terraform -chdir="$folder" validate -no-color
  if [ -d "$folder/tests" ]; then terraform -chdir="$folder" test -no-color; fi
done
