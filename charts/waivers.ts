import { z } from 'zod';
import type { ManifestsSettings } from './components/manifests/settings.ts';
import { type Problem, suggest, throwIfAny } from './fault.ts';
import { label, type Manifest } from './lib/manifest.ts';

/** An invariant that an object of an entry of `manifests` need not meet. */
export const waiverSchema = z.strictObject({
  /** The object, as in messages: `Deployment podinfo/podinfo`. */
  object: z.string().regex(/^\w+ \S+$/, 'must be a kind and a name, such as "Deployment podinfo/podinfo"'),
  /** The invariant's name, as the tests print it. */
  invariant: z.string(),
  because: z.string().min(1, 'must give the reason'),
});

export type Waiver = z.output<typeof waiverSchema>;

/** The settings that waivers come from. */
interface Waiving {
  readonly manifests: Readonly<Record<string, Pick<ManifestsSettings, 'podSecurity'>>>;
  readonly waivers: readonly Waiver[];
}

/** Name of the invariant that a Pod Security level below `restricted` violates. */
export const RESTRICTED_NAMESPACES = 'every namespace enforces Pod Security restricted';

/** The waivers of a cluster: those it lists, and one for each namespace with another Pod Security level. */
export function waiversOf({ manifests, waivers }: Waiving): Waiver[] {
  const levels = Object.entries(manifests).flatMap(([name, { podSecurity }]) =>
    podSecurity
      ? [{ object: `Namespace ${name}`, invariant: RESTRICTED_NAMESPACES, because: podSecurity.because }]
      : [],
  );
  return [...levels, ...waivers];
}

/**
 * Checks that every waiver is about an object of an entry of `manifests`.
 *
 * @param manifests the objects of those entries
 * @throws Fault naming each waiver of another object
 */
export function checkWaivers(waivers: readonly Waiver[], manifests: readonly Manifest[]): void {
  const known = manifests.map(label);
  const problems = waivers.flatMap(({ object }, i): Problem[] => {
    if (known.includes(object)) return [];
    return [
      {
        what: `a waiver is for an object that no entry of "manifests" renders`,
        setting: ['waivers', i, 'object'],
        seen: object,
        fix: known.length > 0 ? nearest(object, known) : 'remove the waiver: only objects of "manifests" may have one',
      },
    ];
  });
  throwIfAny(problems);
}

/** A suggestion, without a list of all objects. */
function nearest(object: string, known: readonly string[]): string {
  const text = suggest(object, known);
  return text.startsWith('did you mean')
    ? text
    : 'name an object of "manifests" as messages do: its kind, its namespace, a slash and its name';
}
