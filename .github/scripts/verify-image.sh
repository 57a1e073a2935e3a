#!/usr/bin/env bash
# Fails unless the workflow `release`, on main, has signed an image. The signature is of the index, and so of all platforms and of the
# SBOM and provenance in it.
# Usage: GITHUB_REPOSITORY=… verify-image.sh IMAGE@DIGEST
set -euo pipefail

cosign verify --certificate-oidc-issuer https://token.actions.githubusercontent.com \
  --certificate-identity "https://github.com/$GITHUB_REPOSITORY/.github/workflows/release.yaml@refs/heads/main" "$1" >/dev/null
echo "$1 was signed by the workflow release of $GITHUB_REPOSITORY"
