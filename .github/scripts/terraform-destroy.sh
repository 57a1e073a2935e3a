#!/usr/bin/env bash
# The steps of destroying a cluster. Backups and the DNS zone are removed from the state but not destroyed:
# kept/imports.tf imports them again.
# Usage: terraform-destroy.sh allowed|backup|plan|destroy CLUSTER; all but `allowed` need an initialized root.
set -euo pipefail

cluster=$2
root=bootstrap/roots/$cluster
# Modules whose resources outlive the cluster.
kept='\.module\.(backup_store|dns)\.'

terraform() { command terraform -chdir="$root" "$@"; }

allowed() {
  local lock=$root/destroy-allowed
  bash .github/scripts/terraform-roots.sh cloud "$cluster" >/dev/null
  case $cluster in
    production-*)
      if [ "$(cat "$lock" 2>/dev/null)" != "$cluster" ]; then
        echo "$cluster is production: to destroy it, $lock must be on main and contain its name. Merge that file first, with the required reviews, and apply the root, since the cloud may also have deletion protection." >&2
        exit 1
      fi
      ;;
  esac
}

# Configures kubectl with the argocd module's kubeconfig, which is in the state and contains no credential.
connect() {
  KUBECONFIG=$scratch/kubeconfig
  export KUBECONFIG
  terraform show -json | jq -r '[.. | objects | select(.type? == "terraform_data" and .name? == "removal")][0].values.input.KUBECONFIG_TEXT // empty' >"$KUBECONFIG"
  [ -s "$KUBECONFIG" ] || { echo "The state has no kubeconfig: the cluster was never handed over, or no longer exists." >&2; exit 1; }
}

backup() {
  local schedules name
  connect
  schedules=$(kubectl --namespace velero get schedules.velero.io --output json)
  [ "$(jq '.items | length' <<<"$schedules")" -gt 0 ] || { echo "The cluster has no backup schedule, so no last backup can be taken." >&2; exit 1; }
  # Keep it for a year, because no backup will follow.
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

# Addresses of the resources to destroy: all but the kept ones.
going() { terraform state list | grep -vE "$kept" | grep -vE '(^|\.)data\.'; }

plan() {
  echo "### Destroyed with \`$cluster\`"
  echo
  going | sed 's/.*/- `&`/'
  echo
  echo "### Kept, but removed from the state"
  echo
  terraform state list | grep -E "$kept" | grep -vE '(^|\.)data\.' | sed 's/.*/- `&`/'
}

destroy() {
  local addresses
  # The handover first, or Argo CD would recreate the resources deleted next.
  mapfile -t addresses < <(terraform state list | grep -E '^(module\.[a-z_]+\.)*module\.argocd\.' || true)
  if [ "${#addresses[@]}" -gt 0 ]; then
    connect
    terraform destroy -input=false -no-color -auto-approve "${addresses[@]/#/-target=}"
    # Load balancers are created by the cloud, not by Terraform, and block the deletion of the network.
    kubectl get services --all-namespaces --output json | jq -r '.items[] | select(.spec.type == "LoadBalancer") | "\(.metadata.namespace) \(.metadata.name)"' |
      while read -r namespace name; do kubectl --namespace "$namespace" delete service "$name" --timeout=10m </dev/null; done
  fi

  mkdir -p kept
  mapfile -t addresses < <(terraform state list | grep -E "$kept" || true)
  if [ "${#addresses[@]}" -gt 0 ]; then
    # Backup replicas on AWS are in another region than the provider's, which the import id must name.
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
