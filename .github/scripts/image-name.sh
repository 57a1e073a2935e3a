#!/usr/bin/env bash
# Prints the name of a service's image without a version, from the pins of the rings: nothing else says where images are published.
# Usage: image-name.sh SERVICE
set -euo pipefail

service=$1
refuse() {
  printf '%s\n' "$@" >&2
  exit 1
}

shopt -s nullglob
pins=(clusters/pins/*/"$service.json")
[ "${#pins[@]}" -gt 0 ] ||
  refuse "No ring pins $service, so nothing says which registry has its image: add clusters/pins/RING/$service.json with its packageName."
names=$(jq --raw-output --arg pin "$service" '"\(input_filename): \(.[$pin].packageName)"' "${pins[@]}")
images=$(sed 's/^[^:]*: //' <<<"$names" | sort --unique)
[ "$(wc -l <<<"$images")" -eq 1 ] || refuse "$service is published once, but the rings pin several images: give packageName one value." "$names"
# The registry is not left to a default: it decides who logs in, and how.
[[ $images =~ ^([a-z0-9.-]+\.[a-z0-9.-]+|[a-z0-9.-]+:[0-9]+|localhost)(:[0-9]+)?/([a-z0-9._/-]+/)?"$service"$ ]] ||
  refuse "An image of $service begins with the host of its registry, and ends with /$service." "$names"
echo "$images"
