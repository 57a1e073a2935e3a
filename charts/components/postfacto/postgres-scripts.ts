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

/** Connects by the Unix socket, which needs no password. Restore with pg_restore. */
export const DUMP_SCRIPT = `#!/bin/bash
set -euo pipefail
cd /dump

# The newest dump stays until there is a newer one, whole: an unfinished one has another name.
rm -f ./*.partial
find . -maxdepth 1 -name '*.dump' | sort | head -n -1 | xargs -r rm -f --
pg_dump --username=postgres --format=custom --file=dump.partial ${APP}
mv dump.partial "$(date -u +%Y%m%dT%H%M%SZ).dump"
`;
