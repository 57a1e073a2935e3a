#!/usr/bin/env bash
# Validates folders of bootstrap/ and runs their tests, which mock providers. Needs no credentials.
# Usage: terraform-validate.sh [FOLDER…], by default all modules and roots; `built-in` selects those that need no
# provider.
set -euo pipefail

# Whether a folder, or a module that it calls, needs a provider.
needs_provider() {
  local name
  grep -qs required_providers "$1"/*.tf && return
  for name in $(sed -n 's|^ *source *= *"\.\./\(.*/\)\{0,1\}\([a-z-]*\)"$|\2|p' "$1"/*.tf); do
    if needs_provider "bootstrap/modules/$name"; then return; fi
  done
  return 1
}

folders=("$@")
if [ $# -eq 0 ] || [ "$1" = built-in ]; then folders=(bootstrap/modules/* bootstrap/roots/*/); fi
if [ "${1:-}" = built-in ]; then
  for i in "${!folders[@]}"; do
    if needs_provider "${folders[$i]}"; then unset "folders[$i]"; fi
  done
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TF_DATA_DIR=$scratch/data
# Download each provider once: modules have no lock files, without which Terraform does not trust the cache.
export TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=true
export TF_PLUGIN_CACHE_DIR=${TF_PLUGIN_CACHE_DIR:-$scratch/plugins}
mkdir -p "$TF_DATA_DIR" "$TF_PLUGIN_CACHE_DIR"

for folder in "${folders[@]}"; do
  echo "== $folder"
  rm -rf "${TF_DATA_DIR:?}"/*
  terraform -chdir="$folder" init -backend=false -input=false >/dev/null
  terraform -chdir="$folder" validate -no-color
  if [ -d "$folder/tests" ]; then terraform -chdir="$folder" test -no-color; fi
done
