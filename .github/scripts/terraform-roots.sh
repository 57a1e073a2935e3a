#!/usr/bin/env bash
# Lists the roots in bootstrap/roots that workflows run. Roots with local state and those of the remote states are
# applied by hand.
# Usage: terraform-roots.sh all                JSON list of the roots
#        terraform-roots.sh changed BASE HEAD  JSON list of the roots affected by changes between two commits
#        terraform-roots.sh backend [NAME…]    JSON list of the roots whose state is in one of these: azurerm, s3
#        terraform-roots.sh cloud ROOT         backend=azurerm or backend=s3
set -euo pipefail

roots() {
  local folder
  for folder in bootstrap/roots/*/; do
    folder=${folder%/}
    case ${folder##*/} in
      remote-state-*) ;;
      *) grep -qs '^ *backend "local"' "$folder"/*.tf || echo "${folder##*/}" ;;
    esac
  done
}

json() {
  local name list=''
  while read -r name; do list+="${list:+,}\"$name\""; done
  echo "[$list]"
}

# The modules that a folder calls, directly or indirectly.
modules() {
  local name
  sed -n 's|^ *source *= *"\.\./\(.*/\)\{0,1\}\([a-z-]*\)"$|\2|p' "$1"/*.tf | sort -u | while read -r name; do
    echo "$name"
    modules "bootstrap/modules/$name"
  done
}

changed() {
  local files root module
  files=$(git diff --name-only "$1...$2")
  roots | while read -r root; do
    {
      # Files shared by all roots, those of this root, and those it reads from its cluster.
      printf '%s\n' "bootstrap/roots/[^/]*$" "bootstrap/roots/$root/" \
        "dist/$root/(cluster.json|applications/Application.root.yaml)$" '\.github/(workflows|scripts|actions)/terraform'
      modules "bootstrap/roots/$root" | sort -u | while read -r module; do echo "bootstrap/modules/$module/"; done
    } | sed 's/^/^/' >"$scratch"
    if grep -qEf "$scratch" <<<"$files"; then echo "$root"; fi
  done
}

backend() { sed -n 's/^ *backend "\([a-z0-9]*\)".*/\1/p' "bootstrap/roots/$1/backend.tf"; }

having() {
  local root
  roots | while read -r root; do
    if [[ " $* " == *" $(backend "$root") "* ]]; then echo "$root"; fi
  done
}

scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT

case ${1:-} in
  all) roots | json ;;
  changed) changed "$2" "$3" | json ;;
  backend) having "${@:2}" | json ;;
  cloud)
    known=" $(roots | tr '\n' ' ')"
    [[ $known == *" $2 "* ]] || { echo "There is no root \"$2\" that a workflow may run; there are:$known" >&2; exit 1; }
    echo "backend=$(backend "$2")"
    ;;
  *) echo "terraform-roots.sh all | changed BASE HEAD | backend [NAME…] | cloud ROOT" >&2; exit 2 ;;
esac
