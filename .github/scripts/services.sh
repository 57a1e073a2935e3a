#!/usr/bin/env bash
# Prints names of services, one a line: all; those whose images the commits since BASE change; or those whose version they raise.
# Usage: services.sh all | changed BASE | released BASE
set -euo pipefail

# inputs SERVICE: Git's patterns for what an image is made of: what its Dockerfile copies from the repository, and what builds it.
inputs() {
  local word rest words path
  printf '%s\n' "apps/$1/Dockerfile" .dockerignore .github/scripts/build-image.sh
  while read -r word rest; do
    case "${word^^} $rest" in
      'COPY '*--from=*) ;;
      # Forms that are not read here may copy anything.
      'COPY '*[\[\\\<]* | 'ADD '*[\[\\\<]* | 'RUN '*--mount=*) echo . ;;
      'COPY '* | 'ADD '*)
        read -ra words <<<"$rest"
        for path in "${words[@]:0:${#words[@]}-1}"; do
          case $path in --*) ;; *) echo ":(glob)${path#/}" ;; esac
        done
        ;;
    esac
  done < <(git show "HEAD:apps/$1/Dockerfile")
}

# Git's patterns for what no image gets to see: the end of .dockerignore, after which nothing is taken back.
ignored() {
  git show HEAD:.dockerignore 2>/dev/null | awk '/^!/ { count = 0; next } /^[^#*]|^\*\*/ { lines[count++] = $0 }
    END { for (i = 0; i < count; i++) print ":(exclude,glob)" lines[i] }'
}

# version COMMIT SERVICE: the version there; empty without the service.
version() { git show "$1:apps/$2/package.json" 2>/dev/null | jq --raw-output .version; }

is_all() { true; }

is_changed() {
  local patterns files
  mapfile -t patterns < <(inputs "$1" && ignored)
  # In a condition, the shell would go on.
  files=$(git diff --name-only "$base" HEAD -- "${patterns[@]}") || exit
  [ -n "$files" ]
}

is_released() { [ "$(version "$base" "$1")" != "$(version HEAD "$1")" ]; }

cd "$(git rev-parse --show-toplevel)"
case "${1:-} $#" in
  'all 1') ;;
  # All zeros is what GitHub says of a branch that is new.
  'changed 2' | 'released 2') [[ $2 =~ ^0+$ ]] && base=$(git hash-object -t tree /dev/null) || base=$(git merge-base "$2" HEAD) ;;
  *) echo 'services.sh all | changed BASE | released BASE' >&2; exit 2 ;;
esac
git ls-tree -r --name-only HEAD -- apps | sed -n 's|^apps/\([^/]*\)/Dockerfile$|\1|p' | while read -r service; do
  if "is_$1" "$service"; then echo "$service"; fi
done
