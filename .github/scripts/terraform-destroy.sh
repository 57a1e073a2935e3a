#!/usr/bin/env bash
# The steps of taking a cluster away. Backups and the DNS zone are let go of, and stay: kept/imports.tf has them back.
# Usage: terraform-destroy.sh allowed|backup|plan|destroy CLUSTER, the last three in a root that is initialised.
set -euo pipefail

cluster=$2
root=bootstrap/roots/$cluster
# Modules whose resources outlive their cluster.
kept='\.module\.(backup_store|dns)\.'

terraform() { command terraform -chdir="$root" "$@"; }

allowed() {
  local lock=$root/destroy-allowed
  bash .github/scripts/terraform-roots.sh cloud "$cluster" >/dev/null
  case $cluster in
    production-*)
      if [ "$(cat "$lock" 2>/dev/null)" != "$cluster" ]; then
        echo "$cluster is production: it goes only while $lock is on main and holds its name. Merge that file first, with the reviews that it takes, and apply the root, since the cloud itself may protect the cluster." >&2
        exit 1
      fi
      ;;
  esac
}

# kubectl as the argocd module has it: its kubeconfig is in the state, and holds no credential.
connect() {
  KUBECONFIG=$scratch/kubeconfig
  export KUBECONFIG
  terraform show -json | jq -r '[.. | objects | select(.type? == "terraform_data" and .name? == "removal")][0].values.input.KUBECONFIG_TEXT // empty' >"$KUBECONFIG"
  [ -s "$KUBECONFIG" ] || { echo "The state knows no kubeconfig: the cluster was never handed over, or is gone." >&2; exit 1; }
}

backup() {
  local schedules name
  connect
  schedules=$(kubectl --namespace velero get schedules.velero.io --output json)
  [ "$(jq '.items | length' <<<"$schedules")" -gt 0 ] || { echo "There is no backup schedule, so there would be no last backup." >&2; exit 1; }
  # A year, since nobody will be there to make the next one.
  jq --arg stamp "$(date -u +%Y%m%d%H%M%S)" '.items[] | {
      apiVersion: "velero.io/v1", kind: "Backup",
      metadata: { name: "last-\(.metadata.name)-\($stamp)", namespace: "velero" },
      spec: (.spec.template + { ttl: "8760h0m0s" })
    }' <<<"$schedules" | kubectl create --filename - --output name | tee "$scratch/backups"
  while read -r name; do
    kubectl --namespace velero wait "$name" --for=jsonpath='{.status.phase}'=Completed --timeout=5h ||
      { kubectl --namespace velero get "$name" --output 'jsonpath={.status}' >&2; exit 1; }
  done <"$scratch/backups"
}

# Addresses of what is to go: everything but what is kept.
going() { terraform state list | grep -vE "$kept" | grep -vE '(^|\.)data\.'; }

plan() {
  echo "### What goes with \`$cluster\`"
  echo
  going | sed 's/.*/- `&`/'
  echo
  echo "### What stays, and is no longer Terraform's"
  echo
  terraform state list | grep -E "$kept" | grep -vE '(^|\.)data\.' | sed 's/.*/- `&`/'
}

destroy() {
  local addresses
  # First the hand-over, or Argo CD would bring back what is taken away next.
  mapfile -t addresses < <(terraform state list | grep -E '^(module\.[a-z_]+\.)*module\.argocd\.' || true)
  if [ "${#addresses[@]}" -gt 0 ]; then
    connect
    terraform destroy -input=false -no-color -auto-approve "${addresses[@]/#/-target=}"
    # Load balancers are the cloud's, not Terraform's, and hold on to the network.
    kubectl get services --all-namespaces --output json | jq -r '.items[] | select(.spec.type == "LoadBalancer") | "\(.metadata.namespace) \(.metadata.name)"' |
      while read -r namespace name; do kubectl --namespace "$namespace" delete service "$name" --timeout=10m </dev/null; done
  fi

  mkdir -p kept
  mapfile -t addresses < <(terraform state list | grep -E "$kept" || true)
  if [ "${#addresses[@]}" -gt 0 ]; then
    # The copies of backups on AWS are in another region than the provider's, which an import must be told.
    terraform show -json | jq -r --arg kept "$kept" '.values | .. | objects | select(.mode? == "managed" and (.address | test($kept)))
      | "import {\n  to = \(.address)\n  id = \"\(.values.id)\(if .values.region then "@\(.values.region)" else "" end)\"\n}\n"' >kept/imports.tf
    terraform state rm "${addresses[@]}"
  fi
  terraform destroy -input=false -no-color -auto-approve
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

case ${1:-} in
  allowed | backup | plan | destroy) "$1" ;;
  *) echo "terraform-destroy.sh allowed|backup|plan|destroy CLUSTER" >&2; exit 2 ;;
esac
