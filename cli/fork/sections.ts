import { clustersIn } from './lists.ts';
import { keysAt, stringsAt, valueAt, withoutProperty, withoutString } from './literals.ts';
import type { Sources } from './sources.ts';

const SERVICES = 'services';

/** The services with code in the repository. */
export function servicesIn(sources: Sources): string[] {
  return sources.list('apps').filter((name) => sources.has(`apps/${name}/Dockerfile`));
}

/** The sections of cluster files: most are a component, or several instances of one. */
export function sectionsIn(sources: Sources): string[] {
  const all = clustersIn(sources).flatMap((name) => keysAt(sources.read(clusterFile(name)), []));
  return [...new Set(all)].filter((key) => !NO_SECTIONS.has(key)).sort();
}

/** What of a cluster file cannot go as a whole. */
const NO_SECTIONS = new Set(['cloud', 'domain', SERVICES]);

/** Removes sections from all clusters, with the entries of the secret store that only they read, but not the code of their components. */
export function removeSections(sources: Sources, sections: readonly string[]): void {
  for (const file of clustersIn(sources).map(clusterFile)) {
    const read = secretsRead(sources.read(file));
    for (const section of sections) sources.edit(file, (text) => withoutProperty(text, [section]));
    // Nothing measures then what services promise, and there is no alert to change.
    if (sections.includes('prometheus'))
      sources.edit(file, (text) => withoutProperty(withoutObjectives(text), ['alerts']));
    const left = secretsRead(sources.read(file));
    for (const secret of [...read].filter((name) => !left.has(name)))
      sources.edit(file, (text) => withoutString(text, ['secrets'], secret));
    if (keysAt(sources.read(file), []).includes('secrets') && stringsAt(sources.read(file), ['secrets']).length === 0)
      sources.edit(file, (text) => withoutProperty(text, ['secrets']));
  }
}

/** Services whose data is in a section, in any cluster. */
export function servicesOn(sources: Sources, section: string): string[] {
  const found = clustersIn(sources).flatMap((name) => {
    const text = sources.read(clusterFile(name));
    return keysAt(text, [SERVICES]).filter(
      (service) => valueAt(text, [SERVICES, service, 'database'])?.slice(1, -1) === section,
    );
  });
  return [...new Set(found)].sort();
}

/** Removes services: their code, and their entries in the clusters, the compose file and the image repositories. */
export function removeServices(sources: Sources, names: readonly string[]): void {
  for (const name of names) {
    sources.remove(`apps/${name}`);
    for (const file of clustersIn(sources).map(clusterFile)) {
      sources.edit(file, (text) => withoutProperty(text, [SERVICES, name]));
      if (keysAt(sources.read(file), [SERVICES]).length === 0)
        sources.edit(file, (text) => withoutProperty(text, [SERVICES]));
    }
    removeFromCompose(sources, name);
    for (const root of sources.list('bootstrap/roots'))
      sources.edit(`bootstrap/roots/${root}/main.tf`, (text) =>
        text.replace(new RegExp(`"${name}", |, "${name}"|"${name}"`), ''),
      );
  }
}

function clusterFile(name: string): string {
  return `clusters/${name}/cluster.ts`;
}

/** The entries of the secret store that settings read: `secret: 'alerts'`. */
function secretsRead(text: string): Set<string> {
  return new Set([...text.matchAll(/\bsecret: '([^']+)'/g)].map(([, name = '']) => name));
}

function withoutObjectives(text: string): string {
  return keysAt(text, [SERVICES]).reduce((one, service) => withoutProperty(one, [SERVICES, service, 'slo']), text);
}

/** Removes a service from the compose file, and with it what fills it with data. */
function removeFromCompose(sources: Sources, name: string): void {
  const file = 'apps/compose.yaml';
  if (!sources.has(file)) return;
  const isSeeded =
    sources.has('apps/compose/seed.mjs') && new RegExp(` ${name}: \\{ condition`).test(sources.read(file));
  if (isSeeded) sources.remove('apps/compose/seed.mjs');
  for (const service of isSeeded ? [name, 'seed'] : [name])
    // Up to the next one, with the comment before it.
    sources.edit(file, (text) =>
      text.replace(new RegExp(`^(?:  #.*\\n)?  ${service}:(?:.*\\n)(?: {4}.*\\n)*\\n?`, 'm'), ''),
    );
}
