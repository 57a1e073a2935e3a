#!/usr/bin/env bash
# Gives the first ring an image that was published, in one commit of the branch that is checked out. Commits nothing if no ring runs it.
# Usage: pin-image.sh IMAGE:VERSION@DIGEST REPORT
set -euo pipefail

[[ $1 =~ ^(.+/([^/:@]+)):([^/:@]+@sha256:[0-9a-f]{64})$ ]] || { echo "$1 is not IMAGE:VERSION@DIGEST" >&2; exit 1; }
image=${BASH_REMATCH[1]}
service=${BASH_REMATCH[2]}
version=${BASH_REMATCH[3]}
shopt -s nullglob
pins=(clusters/pins/*/"$service.json")
if [ "${#pins[@]}" -eq 0 ]; then
  echo "No ring pins $service: nothing to do" | tee "$2"
  exit 0
fi
for file in "${pins[@]}"; do
  pinned=$(jq --raw-output --arg pin "$service" '.[$pin].packageName' "$file")
  [ "$pinned" = "$image" ] || { echo "$file pins $pinned, but $image was published: correct packageName" >&2; exit 1; }
done
npx slipway pin "$service" "$version" | tee "$2"
