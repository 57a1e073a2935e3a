#!/usr/bin/env bash
# Fails if an image has critical or high vulnerabilities that a newer version of something fixes, on any of its platforms. Those that
# apps/accepted-vulnerabilities.json names pass until their last day: { "CVE-2026-1234": { "because": "…", "until": "2026-12-31" } }
# Usage: scan-image.sh FOLDER, with an OCI layout
set -euo pipefail

folder=$1
list=apps/accepted-vulnerabilities.json
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

accepted='{}'
[ ! -e "$list" ] || accepted=$(cat "$list")
wrong=$(jq --raw-output 'def text: strings // "";
  to_entries[] | select((.value.because | text | length) < 10 or (.value.until | text | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$") | not)) | .key' <<<"$accepted")
if [ -n "$wrong" ]; then
  printf '%s: each entry has "because", a sentence, and "until", its last day as 2026-12-31. These have not:\n%s\n' "$list" "$wrong" >&2
  exit 1
fi

index=$folder/blobs/$(jq --raw-output '.manifests[0].digest' "$folder/index.json" | tr : /)
# Attestations are of no platform.
jq --raw-output '.manifests[].platform | select(.os != "unknown") | [.os, .architecture, .variant // empty] | join("/")' "$index" >"$scratch/platforms"
[ -s "$scratch/platforms" ] || { echo "$folder has no image" >&2; exit 1; }
while read -r platform; do
  grype --only-fixed --output json --platform "$platform" "oci-dir:$folder" >"$scratch/$(tr / - <<<"$platform").json" </dev/null
done <"$scratch/platforms"

# An entry may name a vulnerability by its CVE, or as the advisory of its ecosystem.
jq --null-input --argjson accepted "$accepted" --arg today "$(date --utc +%F)" '
  [inputs.matches[] | .vulnerability as $found | select($found.severity | IN("Critical", "High")) | select($found.fix.state == "fixed")
    | { text: "\($found.severity) \($found.id) in \(.artifact.name) \(.artifact.version), fixed in \($found.fix.versions | join(" or "))",
        accepted: ([$found.id, .relatedVulnerabilities[]?.id] | map($accepted[.] // empty | select(.until >= $today)) | first) }]
  | unique | group_by(.accepted == null) | map({ key: (if .[0].accepted == null then "open" else "accepted" end), value: . }) | from_entries' \
  "$scratch"/*.json >"$scratch/found"
jq --raw-output '.accepted // [] | .[] | "accepted until \(.accepted.until): \(.text): \(.accepted.because)"' "$scratch/found"
open=$(jq --raw-output '.open // [] | .[].text' "$scratch/found")
if [ -n "$open" ]; then
  printf '%s\nTake the version that fixes it: a newer package, or base image. If that cannot be, accept it for a while in %s.\n' "$open" "$list" >&2
  exit 1
fi
