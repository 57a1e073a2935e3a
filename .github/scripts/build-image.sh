#!/usr/bin/env bash
# Builds the image of a service for all platforms, with SBOM and provenance, into a folder (an OCI layout), and pushes nothing.
# Reproducible: the same commit gives the same images.
# Usage: GITHUB_REPOSITORY=… build-image.sh SERVICE FOLDER, with a folder outside of the repository
set -euo pipefail

BUILDKIT=moby/buildkit:v0.31.2@sha256:2f5adac4ecd194d9f8c10b7b5d7bceb5186853db1b26e5abd3a657af0b7e26ec
SBOM_GENERATOR=docker/buildkit-syft-scanner:1.12.0@sha256:ae4f3b554449e7e25548e7d8ccc029d17357348e30c6e3df01b92bc93654d6a9
PLATFORMS=linux/amd64,linux/arm64

service=$1
folder=$2
revision=$(git rev-parse HEAD)
# What is in no commit is not published.
[ -z "$(git status --porcelain)" ] || revision=$revision-dirty
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
builder=slipway-${BUILDKIT: -12}
docker buildx inspect "$builder" >/dev/null 2>&1 ||
  docker buildx create --name "$builder" --driver docker-container --driver-opt "image=$BUILDKIT"
docker buildx build --builder "$builder" --file "apps/$service/Dockerfile" --platform "$PLATFORMS" \
  --provenance=mode=max --sbom="generator=$SBOM_GENERATOR" \
  --label "org.opencontainers.image.source=https://github.com/$GITHUB_REPOSITORY" \
  --label "org.opencontainers.image.revision=$revision" \
  --label "org.opencontainers.image.version=$(jq --raw-output .version "apps/$service/package.json")" \
  --output "type=oci,tar=false,dest=$folder,rewrite-timestamp=true" .
