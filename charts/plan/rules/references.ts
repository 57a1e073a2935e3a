import { findKind, KINDS } from '../../kinds/index.ts';
import { kindName, type Need, type Reference } from '../../kinds/kind.ts';
import { POD_REFERENCES } from '../../kinds/pods.ts';
import { referencesOf } from '../../kinds/references.ts';
import { identityOf, type Manifest } from '../../lib/manifest.ts';
import { offersOf } from '../../order/offers.ts';
import type { Snapshot } from '../change.ts';

/** The kinds, of any group, whose declarations can refer to each kind by default. */
const REFERRERS = new Map<string, Set<string>>();
/** Kinds whose references name any kind. */
const ANY = new Set<string>();

for (const { kind, references = {}, podTemplate, volumeClaims } of KINDS) {
  const all = [...Object.values(references), ...(podTemplate === undefined ? [] : Object.values(POD_REFERENCES))];
  for (const reference of all) add(kind, reference);
  if (volumeClaims !== undefined) add(kind, 'storage.k8s.io/StorageClass');
}

function add(kind: string, reference: string | Reference): void {
  const { to, toIf = {} }: Reference = typeof reference === 'string' ? { to: reference } : reference;
  for (const name of [to, ...Object.values(toIf)]) REFERRERS.set(name, (REFERRERS.get(name) ?? new Set()).add(kind));
  ANY.add(kind);
}

/** The needs of each object: it is asked for every object that changes. */
const NEEDS = new WeakMap<Manifest, readonly Need[]>();

/** The references of an object. */
export function referencesIn(manifest: Manifest): readonly Need[] {
  const found = NEEDS.get(manifest) ?? referencesOf(manifest);
  NEEDS.set(manifest, found);
  return found;
}

/** Kinds that refer to another kind as the kind of the reference itself says, such as a route to a backend. */
function referrersTo(name: string): readonly string[] {
  const declared = REFERRERS.get(name);
  return declared ? [...declared] : [...ANY];
}

/** An object that refers to another one, with the place. */
export interface Referrer {
  readonly by: Manifest;
  readonly need: Need;
}

/** The objects that refer to what an identity stands for, of the kind `Secret` or `apps/Deployment`. */
export function referrersOf(identity: string, snapshot: Snapshot): Referrer[] {
  const [group = '', kind = ''] = identity.split('|');
  return referrersTo(kindName({ group, kind }))
    .flatMap((name) => snapshot.ofKind(name))
    .flatMap(({ manifest }) =>
      referencesIn(manifest)
        .filter(({ wants }) => wants === identity)
        .map((need) => ({ by: manifest, need })),
    );
}

/** Kinds whose controllers make other objects. */
const MAKERS: readonly string[] = [...new Set(KINDS.filter(({ makes }) => makes).map(({ kind }) => kind))];

/** True if an object is in a cluster, or another object's controller makes it. @param key of it, if one is needed */
export function provides(snapshot: Snapshot, identity: string, key?: string): boolean {
  const own = snapshot.find(identity);
  const keys = own ? findKind(own.manifest)?.keys?.(own.manifest) : undefined;
  if (own && (key === undefined || keys === undefined || keys.includes(key))) return true;
  return MAKERS.flatMap((kind) => snapshot.ofKind(kind)).some(({ manifest }) =>
    offersOf(manifest).some(
      (offer) =>
        offer.key === identity &&
        identityOf(manifest) !== identity &&
        (key === undefined || offer.keys === undefined || offer.keys.includes(key)),
    ),
  );
}
