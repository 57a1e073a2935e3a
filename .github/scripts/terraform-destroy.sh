#!/usr/bin/env bash
# The steps of destroying a cluster. Each can be run again, also after it was killed: what is done already is left out.
#
#   allowed  refuses production, unless its root says that it may be destroyed
#   plan     prints what will be destroyed and what is kept
#   keep     writes kept/: imports.tf.json, which imports the kept resources again, and stays.md, what stays in the cloud
#   destroy  destroys; lets go of nothing that kept/ does not have, so save that folder first
#
# Backups and the DNS zone are kept: removed from the state, but not destroyed. With `unreachable`, for a cluster whose API
# server is lost, nothing is asked of the cluster: what it has made in its cloud stays there, as stays.md says.
# Usage: terraform-destroy.sh allowed|plan|keep|destroy CLUSTER [unreachable]; all but `allowed` need an initialized root.
set -euo pipefail

step=${1:-}
cluster=${2:-}
mode=${3:-reachable}
root=bootstrap/roots/$cluster
scripts=.github/scripts
# Modules whose resources outlive the cluster.
kept='\.module\.(backup_store|dns)\.'
handover='^(module\.[a-z_]+\.)*module\.argocd\.'

terraform() { command terraform -chdir="$root" "$@"; }

allowed() {
  local lock=$root/destroy-allowed
  bash "$scripts/terraform-roots.sh" cloud "$cluster" >/dev/null
  case $cluster in
    production-*)
      if [ "$(cat "$lock" 2>/dev/null)" != "$cluster" ]; then
        echo "$cluster is production: to destroy it, $lock must be on main and contain its name. Merge that file first, with the required reviews, and apply the root, since the cloud may also have deletion protection." >&2
        exit 1
      fi
      ;;
  esac
}

# Lines that match, if any. The list must be complete before it is searched: of a list cut short by an error, kept resources
# would be missing.
matching() { grep -E "$@" || [ $? -eq 1 ]; }
managed() { terraform state list >"$scratch/addresses" && matching -v '(^|\.)data\.' <"$scratch/addresses"; }

plan() {
  managed >"$scratch/managed"
  echo "### Destroyed with \`$cluster\`"
  echo
  matching -v "$kept" <"$scratch/managed" | sed 's/.*/- `&`/'
  echo
  echo "### Kept, but removed from the state"
  echo
  matching "$kept" <"$scratch/managed" | sed 's/.*/- `&`/'
}

# The kept resources of the state, with their import ids. On AWS, replicas are in another region than the provider's, which the
# id must name.
imports() {
  jq --arg kept "$kept" '[.values | .. | objects | select(.mode? == "managed" and (.address | test($kept)))
    | { to: .address, id: "\(.values.id)\(if .values.region then "@\(.values.region)" else "" end)" }]' "$scratch/state"
}

# What kept/ has already.
imported() { if [ -s kept/imports.tf.json ]; then jq .import kept/imports.tf.json; else echo '[]'; fi; }

# Connects kubectl to the cluster that the state has a hand-over of.
connect() {
  bash "$scripts/terraform-kubeconfig.sh" "$cluster" >"$KUBECONFIG"
  if ! kubectl get --raw /readyz --request-timeout=30s >/dev/null; then
    echo "The API server of $cluster does not answer. If it is lost for good, destroy with \"unreachable\": then no last backup is taken, and load balancers and volumes may stay in the cloud, which \"keep\" lists." >&2
    exit 1
  fi
}

# Replaces a file at once, so that it is never half-written.
replace() { cat >"$1.new" && mv "$1.new" "$1"; }

# Adds to what an earlier run has written: its resources may have left the state already.
keep() {
  local volumes=null why='The API server is taken for lost'
  mkdir -p kept
  terraform show -json >"$scratch/state"
  managed | matching "$handover" >"$scratch/handover"
  imports | jq --argjson before "$(imported)" '{ import: ($before + . | group_by(.to) | map(last)) }' >"$scratch/imports"
  replace kept/imports.tf.json <"$scratch/imports"
  # Once the hand-over is gone, so is what there was to say.
  if [ ! -s "$scratch/handover" ] && [ -s kept/stays.md ]; then return; fi
  if [ -s "$scratch/handover" ] && [ "$mode" != unreachable ]; then
    connect
    volumes=$(kubectl get persistentvolumes --output json --request-timeout=1m)
  fi
  [ -s "$scratch/handover" ] || why='The state has no hand-over'
  jq -r --arg kept "$kept" --arg why "$why" --argjson volumes "$volumes" --from-file "$scripts/terraform-stays.jq" "$scratch/state" >"$scratch/stays"
  replace kept/stays.md <"$scratch/stays"
}

# Refuses to go on if kept/ lacks a kept resource of the state.
saved() {
  local missing
  terraform show -json >"$scratch/state"
  missing=$(imports | jq -r --argjson saved "$(imported)" '. - $saved | .[].to')
  if [ -n "$missing" ]; then
    printf 'kept/imports.tf.json lacks what the state has: run "keep" again, and save kept/. Nothing was destroyed. Missing:\n%s\n' "$missing" >&2
    exit 1
  fi
}

# Deletes what the cluster has made in its cloud and would block the deletion of its network.
release() {
  local controller=statefulset/argocd-application-controller services namespace name
  connect
  # Stopped first, or it would create again what is deleted.
  if [ -n "$(kubectl --namespace argocd get "$controller" --ignore-not-found --output name)" ]; then
    kubectl --namespace argocd scale "$controller" --replicas=0
    kubectl --namespace argocd wait "$controller" --for=jsonpath='{.status.replicas}'=0 --timeout=5m
  fi
  services=$(kubectl get services --all-namespaces --output json | jq -r '.items[] | select(.spec.type == "LoadBalancer") | "\(.metadata.namespace) \(.metadata.name)"')
  while read -r namespace name; do
    [ -z "$name" ] || kubectl --namespace "$namespace" delete service "$name" --ignore-not-found --timeout=10m </dev/null
  done <<<"$services"
}

destroy() {
  local addresses
  saved
  managed >"$scratch/managed"
  # The hand-over last of what is in the cluster: while the state has it, there is work left in the cluster, which can be reached.
  mapfile -t addresses < <(matching "$handover" <"$scratch/managed")
  if [ "${#addresses[@]}" -gt 0 ] && [ "$mode" = unreachable ]; then
    terraform state rm -lock-timeout=5m "${addresses[@]}"
  elif [ "${#addresses[@]}" -gt 0 ]; then
    release
    terraform destroy -input=false -no-color -auto-approve -lock-timeout=5m "${addresses[@]/#/-target=}"
  fi

  terraform state list >"$scratch/addresses"
  mapfile -t addresses < <(matching "$kept" <"$scratch/addresses")
  if [ "${#addresses[@]}" -gt 0 ]; then terraform state rm -lock-timeout=5m "${addresses[@]}"; fi
  terraform destroy -input=false -no-color -auto-approve -lock-timeout=5m
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export KUBECONFIG=$scratch/kubeconfig

case $step/$mode in
  allowed/reachable | plan/reachable | keep/reachable | keep/unreachable | destroy/reachable | destroy/unreachable) "$step" ;;
  *) echo "terraform-destroy.sh allowed|plan|keep|destroy CLUSTER [unreachable]" >&2; exit 2 ;;
esac
