#!/usr/bin/env bash
# Runs one step of the handover; every step is idempotent. Called by main.tf, with its input in environment variables.
# Usage: step.sh install|credential|hand-over|remove
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [ -n "${KUBECONFIG_TEXT:-}" ]; then
  (umask 077 && printf '%s' "$KUBECONFIG_TEXT" >"$scratch/kubeconfig")
  export KUBECONFIG="$scratch/kubeconfig"
else
  export KUBECONFIG="${KUBECONFIG_PATH:?one of KUBECONFIG_TEXT and KUBECONFIG_PATH must be set}"
fi

# Two field managers: the ConfigMaps of the install manifest are empty, and re-applying them as the same manager would
# remove the settings.
apply() {
  local manager=$1
  shift
  kubectl apply --server-side --force-conflicts --field-manager="$manager" "$@"
}

# Reads the install manifest into a file, unless it is not the one that was reviewed.
verified_manifest() {
  local file="$scratch/install.yaml" seen
  case $MANIFEST in
    https://* | http://*) curl --fail --silent --show-error --location --max-time 120 --output "$file" "$MANIFEST" ;;
    *) cp "$MANIFEST" "$file" ;;
  esac
  seen=$(sha256sum "$file")
  if [ "${seen%% *}" != "$MANIFEST_SHA256" ]; then
    echo "$MANIFEST is not the file that was pinned: its SHA-256 is ${seen%% *} instead of $MANIFEST_SHA256. Nothing was applied. If the pin \"argo-cd\" has a new version, run \"npx slipway pins --write\" and review the manifest." >&2
    exit 1
  fi
}

install() {
  verified_manifest
  apply slipway-bootstrap -f - <<'YAML'
apiVersion: v1
kind: Namespace
metadata:
  name: argocd
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
YAML
  apply slipway-bootstrap-install --namespace argocd -f "$scratch/install.yaml"
  # A new cluster may have to create nodes first.
  kubectl --namespace argocd rollout status deployment,statefulset --selector app.kubernetes.io/part-of=argocd --timeout=15m
}

credential() {
  local fields
  fields=$(bash -c "$CREDENTIAL_COMMAND")
  if [ "${fields:0:1}" != '{' ]; then
    echo "The credential command did not print a JSON object. Its output is not shown because it may be secret." >&2
    exit 1
  fi
  apply slipway-bootstrap -f - <<JSON
{
  "apiVersion": "v1",
  "kind": "Secret",
  "metadata": {
    "name": "repository",
    "namespace": "argocd",
    "labels": { "argocd.argoproj.io/secret-type": "repository", "app.kubernetes.io/managed-by": "slipway-bootstrap" }
  },
  "data": { "type": "$(printf git | base64)", "url": "$(printf %s "$REPOSITORY" | base64 | tr -d '\n')" },
  "stringData": $fields
}
JSON
}

hand-over() {
  kubectl wait crd/applications.argoproj.io crd/appprojects.argoproj.io --for=condition=Established --timeout=2m
  # Settings first: sync waves depend on the health checks in them.
  apply slipway-bootstrap -f "$DIST/argo-cd"
  # The controller reads some of its settings when it starts.
  controller=$(kubectl --namespace argocd get statefulset/argocd-application-controller --ignore-not-found --output name)
  if [ -n "$controller" ]; then
    kubectl --namespace argocd rollout restart "$controller"
    kubectl --namespace argocd rollout status "$controller" --timeout=5m
  fi
  # The AppProject first: an Application without one is not reconciled again for half a minute.
  apply slipway-bootstrap -f "$DIST/applications/AppProject.root.yaml"
  apply slipway-bootstrap -f "$DIST/applications/Application.root.yaml"
  # Done once Argo CD has read the repository. The sync itself may depend on facts.json, so do not wait for it.
  if ! kubectl --namespace argocd wait application/root --for=jsonpath='{.status.sync.revision}' --timeout=5m; then
    echo "Argo CD could not read the repository. Conditions of the root Application:" >&2
    kubectl --namespace argocd get application/root --output 'jsonpath={range .status.conditions[*]}{.type}: {.message}{"\n"}{end}' >&2
    exit 1
  fi
}

# Reverts the handover but leaves everything it deployed: the Applications, their resources, and the CRDs and namespace
# of the Applications. The next apply adopts them again.
remove() {
  if kubectl get crd/applications.argoproj.io >/dev/null 2>&1; then
    kubectl --namespace argocd delete application/root --cascade=orphan --ignore-not-found
    kubectl --namespace argocd delete appproject/root --ignore-not-found
  fi
  kubectl --namespace argocd delete secret --selector app.kubernetes.io/managed-by=slipway-bootstrap --ignore-not-found
  if [ -n "${MANIFEST:-}" ]; then
    verified_manifest
    kubectl --namespace argocd delete -f "$scratch/install.yaml" --ignore-not-found \
      --selector 'app.kubernetes.io/name notin (applications.argoproj.io, applicationsets.argoproj.io, appprojects.argoproj.io)'
  fi
}

case ${1:-} in
  install | credential | hand-over | remove) "$1" ;;
  *) echo "step.sh install|credential|hand-over|remove" >&2; exit 2 ;;
esac
