import { at, label, type Manifest } from '../../../lib/manifest.ts';
import { duplicatesIn } from '../../fields/duplicates.ts';
import { newFaults, newParts, rule, type Said } from '../rule.ts';

const KIB = 1024;

/** What an object may have at most: of all annotations, of the data of a ConfigMap or Secret, and of all of it. */
const MOST = { annotations: 256 * KIB, data: 1024 * KIB, object: 1536 * KIB };

/** Two of one name where the API server tells them apart by it. */
function duplicates(manifest: Manifest): Said[] {
  return duplicatesIn(manifest).map(({ path, key }) => ({
    path,
    says: `${label(manifest)} is refused: ${path} has ${key} twice`,
    instead: 'remove one of them',
  }));
}

const duplicateKeys = rule('SLP-duplicate-item', {
  refuses: true,
  severity: 'block',
  about: 'A list has two items with one merge key: a server-side apply refuses it',
  written: (before, after, context) => newFaults(duplicates)(before, newParts(before, after), context),
});

/** Bytes of the keys and values of a map of texts. */
function bytesOf(map: unknown): number {
  return Object.entries(map ?? {}).reduce((sum, [key, value]) => sum + Buffer.byteLength(`${key}${String(value)}`), 0);
}

function sizes(manifest: Manifest): Said[] {
  const base64 = manifest.kind === 'Secret' ? 3 / 4 : 1;
  const found = [
    {
      what: 'its annotations',
      path: 'metadata.annotations',
      bytes: bytesOf(manifest.metadata.annotations),
      most: MOST.annotations,
    },
    ...(/^(ConfigMap|Secret)$/.test(manifest.kind)
      ? [{ what: 'its data', path: 'data', bytes: bytesOf(at(manifest, 'data')) * base64, most: MOST.data }]
      : []),
    { what: 'it', path: undefined, bytes: Buffer.byteLength(JSON.stringify(manifest)), most: MOST.object },
  ];
  return found
    .filter(({ bytes, most }) => bytes > most)
    .map(({ what, path, bytes, most }) => ({
      path,
      says: `${label(manifest)} is refused: ${what} would take ${Math.ceil(bytes / KIB)} KiB, and ${most / KIB} KiB is the most`,
      instead: 'split it into several objects',
    }));
}

const tooLarge = rule('SLP-too-large', {
  refuses: true,
  severity: 'block',
  about: 'An object, its annotations or its data are larger than the API server and etcd take',
  written: newFaults(sizes),
});

/** What the API server takes of no object. */
export const LIMITS = [duplicateKeys, tooLarge];
