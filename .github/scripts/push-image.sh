#!/usr/bin/env bash
# Pushes an image that build-image.sh has built, under the version of its service, and prints its name with the digest. It refuses what
# main has not been, and a version that is published with other content. Needs a login, as registry-login.sh makes it.
# Usage: push-image.sh SERVICE FOLDER
set -euo pipefail

service=$1
folder=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
refuse() {
  printf '%s\n' "$@" >&2
  exit 1
}
# The images of an index by platform: attestations say when they were made, and are never the same twice.
images() { jq --compact-output '[.manifests[] | select(.platform.os != "unknown") | { platform, digest }] | sort_by(.digest)' "$1"; }

version=$(jq --raw-output .version "apps/$service/package.json")
revision=$(git rev-parse HEAD)
git rev-list --first-parent origin/main | grep -x "$revision" >/dev/null ||
  refuse "$revision is not what main is, or was after a merge: merge it, fetch, and publish the merge."
# The platform does not matter: the labels are the same on all.
labels=$(skopeo inspect --config --override-os linux --override-arch amd64 "oci:$folder" |
  jq --raw-output '.config.Labels | "\(."org.opencontainers.image.version") of \(."org.opencontainers.image.revision")"')
[ "$labels" = "$version of $revision" ] ||
  refuse "$folder has $labels, but apps/$service/package.json says $version of $revision: build it again, without changes that are not committed."

image=$(bash "$(dirname "${BASH_SOURCE[0]}")/image-name.sh" "$service"):$version
if skopeo inspect --raw "docker://$image" >"$scratch/published" 2>"$scratch/error"; then
  [ "$(images "$scratch/published")" = "$(images "$folder/blobs/$(jq --raw-output '.manifests[0].digest' "$folder/index.json" | tr : /)")" ] ||
    refuse "$image is already published, with other content: raise the version in apps/$service/package.json."
  echo "$image is already published, with the same content" >&2
else
  # Of a name that is new, some registries say that access is denied; so would the push be, if that were all.
  grep -iE 'manifest unknown|name unknown|not found|denied|unauthorized' "$scratch/error" >/dev/null ||
    refuse "Whether $image is published is not known:" "$(tail -n 1 "$scratch/error")"
  if ! skopeo copy --quiet --all --preserve-digests "oci:$folder" "docker://$image" >&2 2>"$scratch/error"; then
    cat "$scratch/error" >&2
    # Other registries make a repository by the first push.
    ! grep -i 'name unknown' "$scratch/error" >/dev/null || refuse "On Amazon ECR, first apply the root of the cluster whose \`images\` name $service."
    exit 1
  fi
  skopeo inspect --raw "docker://$image" >"$scratch/published"
fi
echo "$image@$(skopeo manifest-digest "$scratch/published")"
