import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DASHBOARDS } from './dashboards.ts';

/** How files of dashboards differ from what is built, as paths from the repository's root. */
export interface DashboardChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** The JSON of every dashboard by its path from the repository's root. */
export function dashboardFiles(): Map<string, string> {
  return new Map(
    Object.entries(DASHBOARDS).flatMap(([folder, builders]) =>
      builders.map((build): [string, string] => {
        const dashboard = build().build();
        return [join(folder, 'dashboards', `${slugOf(dashboard.title ?? '')}.json`), jsonOf(dashboard)];
      }),
    ),
  );
}

/** Compares the files of a repository with these ones. */
export function compareDashboards(root: string, files: ReadonlyMap<string, string>): DashboardChanges {
  const read = (path: string): string | undefined =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
  const paths = [...files.keys()];
  const folders = Object.keys(DASHBOARDS).map((folder) => join(folder, 'dashboards'));
  return {
    added: paths.filter((path) => read(path) === undefined),
    changed: paths.filter((path) => ![undefined, files.get(path)].includes(read(path))),
    removed: folders
      .filter((folder) => existsSync(join(root, folder)))
      .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
      .filter((path) => !files.has(path)),
  };
}

/** Writes what differs, and removes what no longer belongs to a dashboard. */
export function writeDashboards(root: string, files: ReadonlyMap<string, string>, changes: DashboardChanges): void {
  for (const path of [...changes.added, ...changes.changed]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path)!);
  }
  for (const path of changes.removed) rmSync(join(root, path));
}

/** `cert-manager` for `cert-manager`, `argo-cd` for `Argo CD`. */
function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** With sorted keys, so that a diff shows only what was meant. */
function jsonOf(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
