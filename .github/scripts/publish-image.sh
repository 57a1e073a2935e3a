#!/usr/bin/env bash
# Builds and publishes the image of a service for a tag such as whoami-1.2.3. Reproducible: the same commit gives the
# same layers. An already published version is never overwritten.
# Usage: publish-image.sh TAG, with BUILDKIT, PLATFORMS, ACTOR, TOKEN and GITHUB_REPOSITORY in the environment.
set -euo pipefail

service=${1%%-[0-9]*}
version=${1#"$service"-}

expected=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1], "utf8")).version' "apps/$service/package.json")
if [ "$version" != "$expected" ]; then
  echo "The tag says $service $version, but apps/$service/package.json says $expected. Tag $service-$expected, or change the version." >&2
  exit 1
fi

# Image names must be lower case; the owner's name may not be.
image="ghcr.io/${GITHUB_REPOSITORY,,}/$service:$version"
docker login ghcr.io --username "$ACTOR" --password-stdin <<<"$TOKEN"
if docker buildx imagetools inspect "$image" >/dev/null 2>&1; then
  echo "$image is already published; a changed service needs a new version." >&2
  exit 1
fi

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
docker buildx create --use --driver docker-container --driver-opt "image=$BUILDKIT"
docker buildx build --file "apps/$service/Dockerfile" --platform "$PLATFORMS" --provenance=mode=max --sbom=true \
  --label "org.opencontainers.image.source=https://github.com/$GITHUB_REPOSITORY" \
  --label "org.opencontainers.image.version=$version" \
  --output "type=image,name=$image,push=true,rewrite-timestamp=true" .
