import { clusterFile, clustersIn } from './lists.ts';
import { keysAt, stringsAt, withoutProperty, withoutString } from './literals.ts';
import type { Sources } from './sources.ts';

const SERVICES = 'services';

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

/** The entries of the secret store that settings read: `secret: 'alerts'`. */
function secretsRead(text: string): Set<string> {
  return new Set([...text.matchAll(/\bsecret: '([^']+)'/g)].map(([, name = '']) => name));
}

function withoutObjectives(text: string): string {
  return keysAt(text, [SERVICES]).reduce((one, service) => withoutProperty(one, [SERVICES, service, 'slo']), text);
}
