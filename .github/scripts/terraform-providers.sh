#!/usr/bin/env bash
# Validates bootstrap/ and runs its tests with later providers than the roots pin, in a temporary copy without lock files. Prints as Markdown
# which versions these are and what does not fit them; what Terraform says goes to standard error. Needs no credentials.
# Usage: terraform-providers.sh allowed [FOLDER…]  with the newest that the ranges of the modules admit
#        terraform-providers.sh newest [FOLDER…]   with the newest there are, also of a major version that no range admits
set -euo pipefail

which=${1:-}
case $which in
  allowed) free=(bootstrap/roots) ;;
  newest) free=(bootstrap/modules bootstrap/roots) ;;
  *) echo "terraform-providers.sh allowed | newest [FOLDER…]" >&2; exit 2 ;;
esac
folders=("${@:2}")
if [ "${#folders[@]}" -eq 0 ]; then folders=(bootstrap/modules/*/ bootstrap/roots/*/); fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
copy=$scratch/copy
# Providers are downloaded once.
export TF_PLUGIN_CACHE_DIR=$scratch/plugins

required() { sed -n '/required_providers/,/^  }/p' "$@"; }

# NAME VERSION, by line, of what roots pin, and of what was installed.
pinned() { required bootstrap/roots/*/*.tf | awk '$3 == "{" { name = $1 } $1 == "version" { gsub(/"/, "", $3); print name, $3 }' | sort -u; }
installed() {
  find "$copy/bootstrap" -name .terraform.lock.hcl -exec cat {} + |
    awk '$1 == "provider" { gsub(/"/, "", $2); sub(/.*\//, "", $2); name = $2 } $1 == "version" { gsub(/"/, "", $3); print name, $3 }' | sort -u
}

# What the modules read, too.
for part in bootstrap clusters dist .github/scripts; do
  mkdir -p "$copy/$(dirname "$part")"
  cp -R "$part" "$copy/$part"
done
find "$copy/bootstrap" -name '.terraform*' -prune -exec rm -rf {} +

for folder in "${free[@]}"; do
  for file in "$copy/$folder"/*/*.tf; do
    sed '/required_providers/,/^  }/{/^ *version *=/d;}' "$file" >"$scratch/free.tf"
    if required "$scratch/free.tf" | grep 'version *=' >/dev/null; then
      echo "error: the version of a provider cannot be taken out" >&2
      echo "  at:   ${file#"$copy/"}" >&2
      echo "  seen: $(required "$scratch/free.tf" | sed -n "s/^ *\(.*version *=\)/\1/p" | head -n 1)" >&2
      echo "  fix:  write it on a line of its own" >&2
      exit 1
    fi
    cp "$scratch/free.tf" "$file"
  done
done

failed=()
for folder in "${folders[@]}"; do
  (cd "$copy" && bash .github/scripts/terraform-validate.sh "${folder%/}") >&2 || failed+=("${folder%/}")
done

if [ "$which" = allowed ]; then echo '### The newest providers that the modules admit'; else echo '### The newest providers'; fi
echo
installed | while read -r name version; do
  pins=$(pinned | sed -n "s/^$name //p" | paste -sd, -)
  echo "- $name $version; the roots pin ${pins:-none}"
done
echo
echo "Valid with them: $((${#folders[@]} - ${#failed[@]})) of ${#folders[@]} folders."
[ "${#failed[@]}" -gt 0 ] || exit 0
echo
echo 'Not valid:'
printf -- '- %s\n' "${failed[@]}"
echo "error: ${#failed[@]} of ${#folders[@]} folders are not valid with the providers above: see what Terraform says of each" >&2
exit 1
