#!/usr/bin/env bash
# Prints the kubeconfig that a cluster was handed over with: it is in the state and has no credential. Prints nothing if the
# state has no hand-over.
# Usage: terraform-kubeconfig.sh CLUSTER, of an initialized root
set -euo pipefail

state=$(terraform -chdir="bootstrap/roots/$1" show -json)
jq -r '[.. | objects | select(.type? == "terraform_data" and .name? == "removal")][0].values.input.KUBECONFIG_TEXT // empty' <<<"$state"
