import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedCluster } from '../../charts/cluster-file.ts';
import type { ManifestsSettings } from '../../charts/components/manifests/settings.ts';
import { Fault, type Problem, throwIfAny } from '../../charts/fault.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';
import type { Pin } from '../../charts/pins.ts';
import { lineInJson } from '../locate.ts';
import { Archives } from './archives.ts';
import { renderChart } from './helm.ts';
import { renderKustomization } from './kustomize.ts';
import { inTemporaryFolder, type Place, unpack } from './unpack.ts';
import { checkExists, readYaml } from './yaml.ts';

/** An entry of `manifests` of a cluster. */
export interface Entry {
  readonly cluster: string;
  readonly name: string;
  readonly settings: ManifestsSettings;
  /** What it renders; undefined for a folder of this repository. */
  readonly pin: Pin | undefined;
  /** The file that has the pin. */
  readonly pinFile: string | undefined;
}

/** The entries of a cluster with their pins. @throws Fault for each one that has none */
export function entriesOf({ name: cluster, settings, pins }: PlannedCluster): Entry[] {
  return Object.entries(settings.manifests).map(([name, entry]) => {
    const placed = sourceOf(entry).folder === undefined ? pins.of(name).archive(name) : undefined;
    return { cluster, name, settings: entry, pin: placed?.pin, pinFile: placed?.file };
  });
}

/**
 * Renders every entry of a cluster, from the cache and the repository alone.
 *
 * @param root the repository's folder
 * @throws Fault with the mistakes of all entries: not fetched, corrupted, or not to be rendered
 */
export async function renderSources(
  root: string,
  cluster: PlannedCluster,
  archives = new Archives(),
): Promise<Record<string, Manifest[]>> {
  const problems: Problem[] = [];
  const objects: Record<string, Manifest[]> = {};
  for (const entry of entriesOf(cluster)) {
    try {
      objects[entry.name] = await renderEntry(root, entry, archives);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems.push(...withLines(cluster, entry, error.problems));
    }
  }
  throwIfAny(problems);
  return objects;
}

/** Problems whose file is the cluster file, with the line of the entry. */
function withLines({ at }: PlannedCluster, entry: Entry, problems: readonly Problem[]): Problem[] {
  const { file } = placeOf(entry);
  return problems.map((problem) =>
    problem.file === file ? { ...problem, file: at(['manifests', entry.name]) } : problem,
  );
}

/** Renders one entry. @throws Fault if its archive is not in the cache, or it cannot be rendered */
export function renderEntry(root: string, entry: Entry, archives: Archives): Promise<Manifest[]> {
  const place = placeOf(entry);
  return inTemporaryFolder(async (folder) => {
    const { folder: own, path = '.' } = sourceOf(entry.settings);
    if (own !== undefined) {
      checkExists(join(root, own), own, `the folder of manifests.${entry.name}`, place);
      return render(join(root, own), own, entry, folder);
    }
    const content = await unpack(archiveOf(root, entry, archives), folder, entry.name, place);
    checkExists(join(content, path), path, `the path of manifests.${entry.name} in its archive`, place);
    return render(join(content, path), path, entry, folder);
  });
}

function render(source: string, shown: string, entry: Entry, home: string): Promise<Manifest[]> {
  const { name, settings } = entry;
  const options = { entry: name, place: placeOf(entry), home };
  if (settings.helm) return renderChart(source, settings.helm, options);
  if (settings.kustomize) return renderKustomization(source, options);
  return Promise.resolve(readYaml(source, shown, options.place));
}

/** The cluster file that has the entry. */
export function placeOf({ cluster }: Entry): Place {
  return { file: `clusters/${cluster}/cluster.ts` };
}

/** The line that has the entry's pin; that of the entry if it has none. */
export function placeOfPin(root: string, entry: Entry): Place {
  if (entry.pinFile === undefined) return placeOf(entry);
  return { file: `${entry.pinFile}:${lineInJson(readFileSync(join(root, entry.pinFile), 'utf8'), [entry.name])}` };
}

/** Where the entry's source is. */
function sourceOf({ helm, kustomize, yaml }: ManifestsSettings): { readonly folder?: string; readonly path?: string } {
  return helm ?? kustomize ?? yaml ?? {};
}

/** @throws Fault if the pin has no sha256, or its archive is not in the cache as it was fetched */
function archiveOf(root: string, entry: Entry, archives: Archives): Buffer {
  const { cluster, name, pin } = entry;
  const fetch = `run \`npx slipway fetch ${cluster}\``;
  if (pin?.sha256 === undefined)
    throw new Fault({
      what: `pin "${name}" has no sha256, so that what it renders could change`,
      ...placeOfPin(root, entry),
      fix: `${fetch}, which prints it; review the archive and add it`,
    });
  const bytes = archives.read(pin.sha256);
  if (bytes === 'corrupted')
    throw new Fault({
      what: `the cached archive of "${name}" is corrupted: its content does not have the hash of its name`,
      where: archives.path(pin.sha256),
      fix: `remove the file, and ${fetch}`,
    });
  if (bytes === undefined)
    throw new Fault({
      what: `${pin.packageName} ${pin.version}, which manifests.${name} renders, is not in the cache`,
      ...placeOfPin(root, entry),
      seen: pin.sha256,
      fix: fetch,
    });
  return bytes;
}
