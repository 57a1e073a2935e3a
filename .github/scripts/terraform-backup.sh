#!/usr/bin/env bash
# Takes the last backups of a cluster that is to be destroyed. Both steps can be run again: `start` keeps the backups of this run
# that have not failed, and `wait` waits for them for at most WAIT_MINUTES, because credentials expire. `wait` prints those
# still in progress as the step output `pending`.
# Usage: terraform-backup.sh start|wait CLUSTER, of an initialized root
set -euo pipefail

cluster=$2
run=${GITHUB_RUN_ID:-$(date -u +%F)}
label=slipway.dev/last-backup

velero() { kubectl --namespace velero --request-timeout=1m "$@"; }

# The newest backup of this run for each schedule.
newest() {
  velero get backups.velero.io --selector "$label=$run" --output json |
    jq '[.items | group_by(.metadata.annotations["slipway.dev/schedule"])[] | max_by(.metadata.name)]'
}

# Of these phases none leads to Completed.
failed='def failed: (.status.phase // "New") | test("Failed|Deleting");'

start() {
  local schedules backups new
  schedules=$(velero get schedules.velero.io --output json) || {
    echo "The backup schedules of $cluster cannot be read. If its API server is lost for good, destroy it with \"unreachable\": then no last backup is taken." >&2
    exit 1
  }
  [ "$(jq '.items | length' <<<"$schedules")" -gt 0 ] || { echo "The cluster $cluster has no backup schedule, so no last backup can be taken." >&2; exit 1; }
  backups=$(newest)
  # Kept for a year, because no backup will follow.
  new=$(jq --argjson backups "$backups" --arg run "$run" --arg key "$label" --arg stamp "$(date -u +%Y%m%d%H%M%S)" "$failed"'
    [$backups[] | select(failed | not) | .metadata.annotations["slipway.dev/schedule"]] as $started
    | .items[] | select(.metadata.name | IN($started[]) | not) | {
        apiVersion: "velero.io/v1", kind: "Backup",
        metadata: {
          name: "last-\(.metadata.name)-\($stamp)", namespace: "velero",
          labels: { ($key): $run }, annotations: { "slipway.dev/schedule": .metadata.name }
        },
        spec: (.spec.template + { ttl: "8760h0m0s" })
      }' <<<"$schedules")
  [ -z "$new" ] || kubectl create --filename - --output name <<<"$new"
}

# Ends at once if a backup failed, with what Velero says.
wait-for() {
  local backups pending deadline=$((SECONDS + 60 * ${WAIT_MINUTES:-45}))
  while :; do
    backups=$(newest)
    jq --exit-status 'length > 0' <<<"$backups" >/dev/null || { echo "Velero has no backup of run $run: run \"start\" first." >&2; exit 1; }
    if jq --exit-status "$failed"'any(failed)' <<<"$backups" >/dev/null; then
      jq -r "$failed"'.[] | select(failed) | "Backup \(.metadata.name) is \(.status.phase): \(.status | {failureReason, validationErrors, errors, warnings} | with_entries(select(.value)) | tojson)"' <<<"$backups" >&2
      echo 'Nothing was destroyed. Mend the cause (docs/runbooks/backups.md) and run this again, which takes another backup.' >&2
      exit 1
    fi
    pending=$(jq -r '[.[] | select(.status.phase != "Completed") | "\(.metadata.name) (\(.status.phase // "New"))"] | join(", ")' <<<"$backups")
    if [ -z "$pending" ] || [ "$SECONDS" -ge "$deadline" ]; then break; fi
    echo "In progress: $pending" >&2
    sleep "${POLL_SECONDS:-20}"
  done
  echo "pending=$pending"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export KUBECONFIG=$scratch/kubeconfig
bash .github/scripts/terraform-kubeconfig.sh "$cluster" >"$KUBECONFIG"
if [ ! -s "$KUBECONFIG" ]; then
  echo "The state of $cluster has no hand-over: there is nothing to back up, or its backups were taken before that was destroyed." >&2
  exit 0
fi

case ${1:-} in
  start) start ;;
  wait) wait-for ;;
  *) echo "terraform-backup.sh start|wait CLUSTER" >&2; exit 2 ;;
esac
