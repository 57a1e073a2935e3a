import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll, YAMLException } from 'js-yaml';
import { Fault } from '../../charts/fault.ts';
import { listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import type { Place } from './unpack.ts';

/**
 * The objects of a YAML text of several documents; those of a List one by one.
 *
 * @param from the file or the program that it comes from, for messages
 * @throws Fault if it is not YAML, or has a document that is no object of Kubernetes
 */
export function objectsIn(text: string, from: string, place: Place): Manifest[] {
  try {
    return loadAll(text)
      .filter((document) => document !== null && document !== undefined)
      .flatMap((document) => itemsOf(document, from, place));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new Fault({
      what: `${from} is not YAML: ${error.reason}`,
      ...place,
      seen: `line ${error.mark.line + 1}`,
      fix: 'correct it at its source; a template with values is rendered by helm, not as yaml',
    });
  }
}

function itemsOf(document: unknown, from: string, place: Place): Manifest[] {
  const [apiVersion, kind] = [textAt(document, 'apiVersion'), textAt(document, 'kind')];
  if (apiVersion === undefined || kind === undefined)
    throw new Fault({
      what: `${from} has a document without apiVersion and kind`,
      ...place,
      seen: JSON.stringify(document).slice(0, 80),
      fix: 'choose a path with nothing but Kubernetes objects',
    });
  if (apiVersion === 'v1' && kind === 'List')
    return listAt(document, 'items').flatMap((item) => itemsOf(item, from, place));
  return [document as Manifest];
}

/** The objects of a file, or of every YAML file in a folder and below, sorted by path. */
export function readYaml(source: string, shown: string, place: Place): Manifest[] {
  return filesOf(source, shown).flatMap(([file, name]) => objectsIn(readFileSync(file, 'utf8'), name, place));
}

function filesOf(source: string, shown: string): [file: string, shown: string][] {
  if (!statSync(source).isDirectory()) return [[source, shown]];
  return readdirSync(source, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .filter((entry) => entry.isDirectory() || /\.(ya?ml|json)$/.test(entry.name))
    .flatMap(({ name }) => filesOf(join(source, name), shown === '.' ? name : `${shown}/${name}`));
}

/** @throws Fault if there is no such file or folder */
export function checkExists(path: string, shown: string, what: string, place: Place): void {
  if (existsSync(path)) return;
  throw new Fault({ what: `${what} does not exist`, ...place, seen: shown, fix: 'correct the path' });
}
