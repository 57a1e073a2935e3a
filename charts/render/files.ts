import { dump } from 'js-yaml';
import { type Problem, throwIfAny } from '../fault.ts';
import { SYNC_WAVE } from '../lib/argo.ts';
import { identityOf, label, type Manifest } from '../lib/manifest.ts';

/** A component's folder in dist. */
export interface Folder {
  readonly name: string;
  readonly manifests: readonly Manifest[];
}

/** One file of dist: its path, relative to the cluster's folder, and its object. */
export interface ManifestFile {
  readonly path: string;
  readonly component: string;
  readonly manifest: Manifest;
}

/**
 * Assigns every object of a cluster a file, `<component>/<Kind>.<name>.yaml`; the namespace comes before the name
 * where the path would be ambiguous.
 *
 * @throws Fault if two objects have the same identity or the same file
 */
export function filesOf(folders: readonly Folder[]): ManifestFile[] {
  const problems: Problem[] = sameObjects(folders);
  const files = folders.flatMap(({ name, manifests }) => {
    const short = (m: Manifest): string => fileName(m.kind, m.metadata.name);
    const taken = count(manifests.map((m) => short(m).toLowerCase()));
    return manifests.map((manifest) => {
      const { namespace = '' } = manifest.metadata;
      const unique = taken.get(short(manifest).toLowerCase()) === 1;
      return {
        component: name,
        manifest,
        path: `${name}/${unique || !namespace ? short(manifest) : fileName(manifest.kind, namespace, manifest.metadata.name)}`,
      };
    });
  });
  // In lower case, because some file systems are case-insensitive.
  const seen = new Map<string, ManifestFile>();
  for (const file of files) {
    const other = seen.get(file.path.toLowerCase());
    if (other && identityOf(other.manifest) !== identityOf(file.manifest)) {
      problems.push({
        what: `two objects would share the file ${file.path}`,
        where: `component ${file.component}`,
        seen: `${other.manifest.apiVersion} ${label(other.manifest)} and ${file.manifest.apiVersion} ${label(file.manifest)}`,
        fix: 'rename one of them',
      });
    }
    seen.set(file.path.toLowerCase(), file);
  }
  throwIfAny(problems);
  return files;
}

/** The object as YAML, with its sync wave if it has one. */
export function yamlOf(manifest: Manifest, wave: number | undefined): string {
  return dump(wave ? withWave(manifest, wave) : manifest, { noRefs: true, lineWidth: -1 });
}

function withWave(manifest: Manifest, wave: number): Manifest {
  const { name, namespace, labels, annotations, ...others } = manifest.metadata;
  // An override may state another wave; the invariants say what that breaks.
  const waved = { [SYNC_WAVE]: String(wave), ...annotations };
  const { apiVersion, kind, metadata: _, ...rest } = manifest;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(labels && { labels }),
      annotations: sortKeys(waved),
      ...others,
    },
    ...rest,
  };
}

function sortKeys(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** RBAC names may contain colons, which some file systems do not allow. */
function fileName(...parts: readonly string[]): string {
  return `${parts.join('.').replaceAll(':', '-')}.yaml`;
}

function sameObjects(folders: readonly Folder[]): Problem[] {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { name, manifests } of folders) {
    for (const manifest of manifests) {
      const other = owners.get(identityOf(manifest));
      if (other) {
        problems.push({
          what: `${label(manifest)} is rendered twice`,
          where: other === name ? `component ${name}` : `components ${other} and ${name}`,
          fix: 'remove one of them, or rename it',
        });
      }
      owners.set(identityOf(manifest), name);
    }
  }
  return problems;
}

function count(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
