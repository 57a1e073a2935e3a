import { misuse, select } from '../unknown.ts';
import { Fault } from '../../charts/fault.ts';
import { lostExports, withoutUses } from './code.ts';
import { keysAt, valueAt, withoutProperty } from './literals.ts';
import { removeSections } from './sections.ts';
import type { Sources } from './sources.ts';
import { nodesOf } from './tree.ts';

const COMPONENTS = 'charts/components';
const CLUSTER_FILE = 'charts/cluster-file.ts';
/** What joins settings to components. */
const COMPOSITION = /^charts\/[^/]+\.ts$/;
/** What has code that may use a component, or a cluster file with its section. */
const CODE = ['charts', 'cli', 'test'];
/** The pins of the product tests' clusters. */
const TEST_PINS = 'test/fleets/clusters/pins';

/** The components with code in the repository. */
export function componentsIn(sources: Sources): string[] {
  return sources.list(COMPONENTS);
}

/**
 * Removes the code of components: their folders, what uses them, and their sections in all clusters, those of the product tests too.
 *
 * @throws Fault for a component that every cluster has
 */
export function removeComponents(sources: Sources, names: readonly string[]): void {
  for (const name of select('there is no component', componentsIn(sources), names)) {
    const folder = `${COMPONENTS}/${name}`;
    const sections = sectionsOf(sources, folder);
    const alerts = alertsOf(sources, folder);
    refuseRequired(sources, name, sections);
    removeSections(sources, sections);
    sources.remove(folder);
    for (const ring of sources.list(TEST_PINS)) sources.remove(`${TEST_PINS}/${ring}/${name}.json`);
    removeUses(sources, folder, sections);
    for (const file of CODE.flatMap((one) => sources.files(one)))
      if (file.endsWith('/cluster.ts') && file !== 'charts/cluster.ts')
        sources.edit(file, (text) => withoutSettings(text, sections, alerts));
    for (const cluster of sources.list('clusters'))
      sources.edit(`clusters/${cluster}/cluster.ts`, (text) => withoutSettings(text, [], alerts));
  }
}

/** Removes what uses a folder or its settings, what uses that in turn, and modules of which nothing is left. */
function removeUses(sources: Sources, folder: string, sections: readonly string[]): void {
  let exports: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  do {
    const lost = new Map<string, ReadonlySet<string>>();
    for (const file of CODE.flatMap((one) => sources.files(one)).filter((one) => one.endsWith('.ts'))) {
      // Elsewhere a list with the name is one of components, or of namespaces.
      const settings = COMPOSITION.test(file) ? sections : [];
      const before = sources.read(file);
      const after = withoutUses(before, file, { folder, settings, exports });
      if (after === before) continue;
      const names = lostExports(before, after);
      if (names.length > 0) lost.set(file, new Set(names));
      if (after.trim() === '') sources.remove(file);
      else sources.write(file, after);
    }
    exports = lost;
  } while (exports.size > 0);
}

/** A cluster file without sections, and without changes of alerts. */
function withoutSettings(text: string, sections: readonly string[], alerts: readonly string[]): string {
  const changed = [...sections.map((one) => [one]), ...alerts.map((one) => ['alerts', one])].reduce(
    withoutProperty,
    text,
  );
  const isEmpty =
    changed !== text && valueAt(changed, ['alerts']) !== undefined && keysAt(changed, ['alerts']).length === 0;
  return isEmpty ? withoutProperty(changed, ['alerts']) : changed;
}

/** The sections whose schema is in a folder: properties of the schema of cluster files. */
function sectionsOf(sources: Sources, folder: string): string[] {
  const before = sources.read(CLUSTER_FILE);
  const after = withoutUses(before, CLUSTER_FILE, { folder, settings: [] });
  const left = new Set(propertiesIn(after));
  return propertiesIn(before).filter((name) => !left.has(name));
}

/** The names of the alerts of a component, by which cluster files change them. */
function alertsOf(sources: Sources, folder: string): string[] {
  const files = sources.files(folder).filter((file) => file.endsWith('alerts.ts'));
  return files.flatMap((file) => propertiesIn(sources.read(file))).filter((name) => /^[A-Z]\w+$/.test(name));
}

function propertiesIn(text: string): string[] {
  return nodesOf(text).flatMap(({ node, parents: [parent] }) => {
    const key = node['key'] as { readonly name?: string } | undefined;
    return node.type === 'ObjectProperty' && parent?.type === 'ObjectExpression' ? (key?.name ?? []) : [];
  });
}

function refuseRequired(sources: Sources, name: string, sections: readonly string[]): void {
  const text = sources.read(CLUSTER_FILE);
  const required = sections.filter((section) => !new RegExp(`^  ${section}: .*\\.optional\\(\\),$`, 'm').test(text));
  if (required.length === 0 && sections.length > 0) return;
  throw new Fault(
    misuse(
      sections.length === 0
        ? `no section of a cluster file is the component ${name}: every cluster has it, or others are made of it`
        : `every cluster has the section "${required.join('", "')}"`,
      name,
      'remove what is optional; for the rest, edit charts/cluster.ts',
    ),
  );
}
