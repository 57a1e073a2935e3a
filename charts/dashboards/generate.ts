import { join } from 'node:path';
import { compareDashboards, dashboardFiles, writeDashboards } from './files.ts';

// `npm run dashboards`: writes the JSON of all dashboards; with --check it only says what differs.

const root = join(import.meta.dirname, '..', '..');
const files = dashboardFiles();
const changes = compareDashboards(root, files);
const check = process.argv.includes('--check');
const { added, changed, removed } = changes;

if (!check) writeDashboards(root, files, changes);
for (const [word, paths] of Object.entries({ added, changed, removed }))
  for (const path of paths) process.stdout.write(`  ${`${word}:`.padEnd(9)}${path}\n`);

const differ = added.length + changed.length + removed.length;
if (check && differ > 0) {
  process.stderr.write(
    'error: the JSON of dashboards is out of date\n  fix:  run "npm run dashboards", review the diff, and commit it\n',
  );
  process.exitCode = 1;
} else process.stdout.write(`${files.size} dashboards: ${differ} ${check ? 'differ' : 'written or removed'}\n`);
