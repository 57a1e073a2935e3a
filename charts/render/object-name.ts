import { suggest } from '../fault.ts';
import { groupOf, label, type Manifest } from '../lib/manifest.ts';

/** The object as messages print it, preceded by its group, which tells kinds of the same name apart. */
export function qualified(manifest: Manifest): string {
  return `${groupOf(manifest) || 'core'}/${label(manifest)}`;
}

/** True if this is the object's name, with or without the group. */
export function isNamed(manifest: Manifest, name: string): boolean {
  return name === label(manifest) || name === qualified(manifest);
}

/** What to do about a name that no object has: similar names, or all of its kind. */
export function nearest(name: string, manifests: readonly Manifest[]): string {
  const [kind = ''] = name.split(' ');
  const names = manifests.map(kind.includes('/') ? qualified : label);
  const ofKind = names.filter((one) => one.startsWith(`${kind} `));
  if (ofKind.length > 0) return suggest(name, ofKind);
  const text = suggest(name, names);
  // A list of every object would be longer than a screen.
  return text.startsWith('did you mean') ? text : `look for the object in dist/: no ${kind} is there`;
}
