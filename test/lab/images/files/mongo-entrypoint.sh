#!/bin/bash
# Starts the server with options alone, as the official image does. It initializes nothing: users and the replica set are
# made by a Job.
set -euo pipefail
if [[ ${1:-} == -* ]]; then set -- mongod "$@"; fi
exec "$@"
