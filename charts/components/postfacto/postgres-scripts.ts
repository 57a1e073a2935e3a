import { beginVerification, type DumpFiles, endDump, removeOldDumps } from '../../lib/dump.ts';

import { RELOAD } from './postgres-tls.ts';

/** Name of the application's role and database. The role owns only this database. */
export const APP = 'postfacto';

/** Name of the exporter's role, which may read statistics and settings, and no table of the application. */
export const EXPORTER = 'exporter';

/** Runs on every sync; the image's init scripts run only on an empty volume and would miss a changed password. */
export const DATABASE_SQL = `\\set password \`cat /run/password/password\`
\\set exporter_password \`cat /run/exporter/password\`
SELECT 'CREATE ROLE ${APP} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APP}') \\gexec
ALTER ROLE ${APP} PASSWORD :'password';
SELECT 'CREATE ROLE ${EXPORTER} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${EXPORTER}') \\gexec
ALTER ROLE ${EXPORTER} PASSWORD :'exporter_password';
GRANT pg_monitor TO ${EXPORTER};
SELECT 'CREATE DATABASE ${APP} OWNER ${APP}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${APP}') \\gexec
`;

/** Names of the files of a dump. */
const FILES: DumpFiles = { extension: 'dump', counts: 'rows' };

/** Options of initdb: built-in collation, so that an update of the C library cannot corrupt indexes. */
export const COLLATION = '--locale-provider=builtin --builtin-locale=C.UTF-8';

/** Options of psql for a script whose output is lines of values with a tab between them. */
const LINES = String.raw`--no-psqlrc --set=ON_ERROR_STOP=1 --quiet --tuples-only --no-align --field-separator=$'\t'`;

/** Counts the rows of each table that a dump has: not of catalogs, extensions and sessions. */
const COUNT_ROWS = String.raw`SELECT format('SELECT %L, count(*) FROM ONLY %s', name, name)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, format('%I.%I', nspname, relname) AS name
WHERE relkind = 'r' AND relpersistence <> 't' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
\gexec`;

/**
 * Connects by the Unix socket, which needs no password. A certificate that was renewed is read with each dump, since nothing else comes
 * by as regularly. Rows are counted in the snapshot that is dumped, and before it: from then on
 * no table can be dropped.
 */
export const DUMP_SCRIPT = `#!/bin/bash
set -euo pipefail
cd /dump

${RELOAD}

${removeOldDumps(FILES)}

psql --username=postgres --dbname=${APP} ${LINES} <<'SQL' | LC_ALL=C sort >counts.partial
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \\gset
${COUNT_ROWS}
\\setenv SNAPSHOT :snapshot
\\! pg_dump --username=postgres --snapshot="$SNAPSHOT" --format=custom --file=dump.partial ${APP}
\\if :SHELL_ERROR
DO $$ BEGIN RAISE 'pg_dump failed'; END $$;
\\endif
COMMIT;
SQL
${endDump(FILES)}
`;

/**
 * Restores the newest dump in `/dump` into a server of its own, which listens on a Unix socket alone, and counts its rows. Needs the
 * programs of PostgreSQL's image, and room for the data in `SCRATCH`. @default /dump
 *
 * It prints the dump's age in seconds, and in its last line the result; exit code 0 if each table has as many rows as in the snapshot
 * that was dumped.
 */
export const VERIFY_SCRIPT = `#!/bin/bash
set -euo pipefail
${beginVerification(FILES)}

export PGHOST=$scratch PGUSER=postgres
initdb --pgdata="$scratch/data" --username=postgres --auth=trust --encoding=UTF8 ${COLLATION} \\
  --no-sync >"$scratch/server.log" 2>&1 || failed "no server to restore into: $(end_of server)"
serve postgres -D "$scratch/data" -c listen_addresses='' -c unix_socket_directories="$scratch" -c shared_buffers=32MB -c fsync=off
until pg_isready --quiet; do
  kill -0 "$server" 2>/dev/null || failed "no server to restore into: $(end_of server)"
  sleep 0.1
done

# The roles that a server has before a dump is restored.
psql --dbname=postgres --no-psqlrc --set=ON_ERROR_STOP=1 --quiet --command='CREATE ROLE ${APP}' --command='CREATE ROLE ${EXPORTER}' \\
  --command='CREATE DATABASE ${APP} OWNER ${APP}'
pg_restore --exit-on-error --dbname=${APP} "$dump" >"$scratch/pg_restore.log" 2>&1 ||
  failed "$dump cannot be restored: $(end_of pg_restore)"

psql --dbname=${APP} ${LINES} <<'SQL' | LC_ALL=C sort >"$scratch/rows"
${COUNT_ROWS}
SQL
compared=$(LC_ALL=C join -t $'\\t' -a 1 -a 2 -e none -o 0,1.2,2.2 "$stamp.rows" "$scratch/rows")
wrong=''
while IFS=$'\\t' read -r table counted restored; do
  [[ $restored == "$counted" ]] || wrong+="; $table: $counted rows counted, $restored restored"
done <<<"$compared"
[[ -z $wrong ]] || failed "\${wrong#; }"
echo "verified: $(wc -l <"$stamp.rows") tables have the rows that were counted"
`;
