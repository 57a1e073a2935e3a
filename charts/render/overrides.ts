import { Fault, type Problem, shown, throwIfAny } from '../fault.ts';
import { at, type Manifest } from '../lib/manifest.ts';
import type { Part } from '../order/order.ts';
import type { Override } from '../overrides.ts';
import { type Change, changesBetween, pathOf, undoes } from './changes.ts';
import { inConventionalOrder } from './manifests.ts';
import { isNamed, nearest, qualified } from './object-name.ts';
import { patched } from './patch.ts';

/** An override and its place in the cluster file. */
interface PlacedOverride extends Override {
  /** File and line: a function, because that parses the file. */
  readonly place: () => string;
}

/** An override, and what it has changed. */
export interface AppliedOverride extends PlacedOverride {
  /** The object as its component rendered it. */
  readonly original: Manifest;
  readonly changes: readonly Change[];
}

/** What tells one object from another: references, the order and the files of dist depend on it. */
const IDENTITY = [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace']] as const;

/** Applies the overrides of a cluster to its objects, which are rendered in several steps. */
export class Overrides {
  private readonly overrides: readonly PlacedOverride[];
  private readonly applied = new Map<PlacedOverride, AppliedOverride>();
  private readonly rendered: Manifest[] = [];

  /** @param place file and line of an override by its index */
  constructor(overrides: readonly Override[], place: (index: number) => string) {
    this.overrides = overrides.map((override, i) => ({ ...override, place: () => place(i) }));
  }

  /**
   * These components with their objects overridden; explicit dependencies refer to the overridden objects.
   *
   * @throws Fault for each override that cannot be applied, has no effect or contradicts another
   */
  applyTo(parts: readonly Part[]): Part[] {
    const manifests = parts.flatMap((part) => part.manifests);
    this.rendered.push(...manifests);
    const results = new Map<Manifest, Manifest>();
    const now = (manifest: Manifest): Manifest => results.get(manifest) ?? manifest;
    throwIfAny(
      this.overrides.flatMap((override) =>
        problemsOf(override, () => {
          const original = this.find(override, manifests);
          if (original) results.set(original, this.apply(override, original, now(original)));
        }),
      ),
    );
    return parts.map((part) => ({
      ...part,
      manifests: part.manifests.map(now),
      stated: part.stated?.map(([from, to]) => [now(from), now(to)] as const),
    }));
  }

  /**
   * All overrides with their changes, once every object has been rendered.
   *
   * @throws Fault for each override whose object is not rendered
   */
  report(): AppliedOverride[] {
    throwIfAny(
      this.overrides
        .filter((override) => !this.applied.has(override))
        .map(({ object, place }) => ({
          what: `override of ${object}: this cluster has no such object`,
          file: place(),
          fix: nearest(object, this.rendered),
        })),
    );
    return this.overrides.flatMap((override) => this.applied.get(override) ?? []);
  }

  /** The object of an override, unless another step renders it. @throws Fault if there are several */
  private find(override: PlacedOverride, manifests: readonly Manifest[]): Manifest | undefined {
    const { object } = override;
    const found = manifests.filter((manifest) => isNamed(manifest, object));
    const { original } = this.applied.get(override) ?? {};
    const names = new Set([...(original ? [original] : []), ...found].map(qualified));
    if (names.size > 1)
      throw new Fault({
        what: 'several objects have this name',
        seen: object,
        fix: `name the group too: ${[...names].map((name) => `"${name}"`).join(' or ')}`,
      });
    return found[0];
  }

  private apply(override: PlacedOverride, original: Manifest, current: Manifest): Manifest {
    const result = withIdentity(original, patched(current, override.patch));
    const changes = changesBetween(current, result);
    if (changes.length === 0)
      throw new Fault({
        what: 'it changes nothing',
        fix: 'remove it: the object already has these values',
      });
    for (const other of this.applied.values()) if (other.original === original) checkAgreement(changes, other);
    this.applied.set(override, { ...override, original, changes });
    return result;
  }
}

/** The mistakes that a step finds, each with the override that makes it. */
function problemsOf({ object, place }: PlacedOverride, step: () => void): Problem[] {
  try {
    step();
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.problems.map((problem) => ({
      ...problem,
      what: `override of ${object}: ${problem.what}`,
      file: place(),
    }));
  }
}

/** The result of a patch as a manifest. @throws Fault if it is another object */
function withIdentity(original: Manifest, result: object): Manifest {
  throwIfAny(
    IDENTITY.filter((path) => at(result, ...path) !== at(original, ...path)).map((path) => ({
      what: `it cannot change ${path.join('.')}, which identifies the object`,
      seen: shown(at(result, ...path)),
      fix: 'leave this field out of the patch',
    })),
  );
  return inConventionalOrder(result as Manifest);
}

/** @throws Fault if a change alters what another override has set */
function checkAgreement(changes: readonly Change[], other: AppliedOverride): void {
  throwIfAny(
    changes.flatMap((change) => {
      const earlier = other.changes.find((one) => undoes(change, one));
      if (!earlier) return [];
      return [
        {
          what: `another one sets ${pathOf(earlier)} to a different value`,
          seen: `${shown(earlier.after)} in ${other.place()}, ${shown(change.after)} here`,
          fix: 'remove one of them, or join the two',
        },
      ];
    }),
  );
}
