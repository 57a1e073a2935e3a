#!/bin/bash
# Starts the server; initializes its data first if there is none. The variables and folders are those of the official
# image: POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE (required), POSTGRES_USER, POSTGRES_DB, POSTGRES_INITDB_ARGS, PGDATA,
# and scripts in /docker-entrypoint-initdb.d. It never switches the user: it starts as the one who owns the data.
set -euo pipefail

fail() {
  echo "postgres: $*" >&2
  exit 1
}

initialize() {
  local password user=${POSTGRES_USER:-postgres}
  [[ -z ${POSTGRES_PASSWORD:-} || -z ${POSTGRES_PASSWORD_FILE:-} ]] ||
    fail 'POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set'
  password=${POSTGRES_PASSWORD:-}
  [[ -z ${POSTGRES_PASSWORD_FILE:-} ]] || password=$(<"$POSTGRES_PASSWORD_FILE")
  [[ -n $password ]] || fail 'the data is not initialized, and neither POSTGRES_PASSWORD nor POSTGRES_PASSWORD_FILE has a password'

  # Arguments are separated by spaces, as in the official image.
  # shellcheck disable=SC2086
  initdb --username="$user" --pwfile=<(printf '%s\n' "$password") ${POSTGRES_INITDB_ARGS:-}
  # initdb trusts connections from inside the container; others need the password.
  printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"

  local database=${POSTGRES_DB:-$user}
  shopt -s nullglob
  local scripts=(/docker-entrypoint-initdb.d/*)
  [[ $database != postgres || ${#scripts[@]} -gt 0 ]] || return 0

  # Reachable only by its socket until all scripts have run.
  PGUSER=$user pg_ctl --wait --options="-c listen_addresses=''" start
  if [[ $database != postgres ]]; then
    psql --username="$user" --dbname=postgres --set=ON_ERROR_STOP=1 --set=name="$database" <<<'CREATE DATABASE :"name";'
  fi
  for script in "${scripts[@]}"; do
    case $script in
      *.sh) bash -e "$script" ;;
      *.sql) psql --username="$user" --dbname="$database" --set=ON_ERROR_STOP=1 --no-psqlrc --file="$script" ;;
      *) echo "postgres: $script is neither .sh nor .sql, so it is ignored" >&2 ;;
    esac
  done
  PGUSER=$user pg_ctl --mode=fast --wait stop
}

if [[ ${1:-} == -* ]]; then set -- postgres "$@"; fi
if [[ ${1:-} == postgres ]]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA" 2>/dev/null || true
  [[ -s $PGDATA/PG_VERSION ]] || initialize
fi
exec "$@"
