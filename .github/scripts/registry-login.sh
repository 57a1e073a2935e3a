#!/usr/bin/env bash
# Logs in to the registry of an image. Its host decides how: ghcr.io by a token of GitHub; Azure Container Registry as whoever `az` is
# signed in as; Amazon ECR as whoever `aws` is; any other one by a username and a password.
# Usage: registry-login.sh IMAGE        logs in
#        registry-login.sh how IMAGE    prints what the workflow has to know, and fails if the repository's variables for it are missing
set -euo pipefail

refuse() {
  printf '%s\n' "$@" >&2
  exit 1
}

# need NAME…: fails unless these are set.
need() {
  local name missing=()
  for name in "$@"; do
    [ -n "${!name:-}" ] || missing+=("$name")
  done
  [ "${#missing[@]}" -eq 0 ] ||
    refuse "$host cannot be logged in to: ${missing[*]} not set. docs/releases.md#registries says what it is."
}

how=
[ "${1:-}" != how ] || { how=yes; shift; }
[[ ${1:-} =~ ^([a-z0-9.-]+(:[0-9]+)?)/[^[:space:]]+$ ]] || refuse "\"${1:-}\" is not HOST/IMAGE"
host=${BASH_REMATCH[1]}
region=
case $host in
  ghcr.io) login=github ;;
  *.azurecr.io) login=azure ;;
  *.amazonaws.com | *.amazonaws.com.cn)
    login=aws
    [[ $host =~ ^[0-9]{12}\.dkr\.ecr(-fips)?\.([a-z]{2,}(-[a-z]+)+-[0-9]+)\.amazonaws\.com(\.cn)?$ ]] ||
      refuse "$host is no registry of Amazon ECR: those are ACCOUNT.dkr.ecr.REGION.amazonaws.com, such as 111122223333.dkr.ecr.eu-west-1.amazonaws.com."
    region=${BASH_REMATCH[2]}
    ;;
  *) login=password ;;
esac

if [ -n "$how" ]; then
  case $login in
    azure) need AZURE_PUBLISH_CLIENT_ID AZURE_TENANT_ID ;;
    aws) need AWS_PUBLISH_ROLE ;;
    password) need REGISTRY_USERNAME ;;
  esac
  printf '%s\n' "login=$login" "region=$region"
  exit
fi

case $login in
  github)
    need GITHUB_ACTOR GITHUB_TOKEN
    username=$GITHUB_ACTOR password=$GITHUB_TOKEN
    ;;
  azure)
    # The user of tokens, whoever they are of.
    username=00000000-0000-0000-0000-000000000000
    password=$(az acr login --name "${host%.azurecr.io}" --expose-token --query accessToken --output tsv) ||
      refuse "az got no token for $host: az login, as somebody with AcrPush there."
    ;;
  aws)
    username=AWS
    password=$(aws ecr get-login-password --region "$region") ||
      refuse "aws got no password for $host: sign in to account ${host%%.*}, as somebody who may push to its repositories."
    ;;
  password)
    need REGISTRY_USERNAME REGISTRY_PASSWORD
    username=$REGISTRY_USERNAME password=$REGISTRY_PASSWORD
    ;;
esac
docker login "$host" --username "$username" --password-stdin <<<"$password"
