import { findKind } from '../../../kinds/index.ts';
import { referencesOf } from '../../../kinds/references.ts';
import { identityOf, label, type Manifest } from '../../../lib/manifest.ts';
import { offersOf } from '../../../order/offers.ts';
import { isKept } from '../kept.ts';
import { provides, referencesIn, type Referrer, referrersOf } from '../references.ts';
import { type Context, listed, newParts, rule, type Said, without } from '../rule.ts';

/** What an object offered, itself or by its controller, and what still refers to it in vain. */
function broken(before: Manifest, now: Manifest | undefined, context: Context): Said[] {
  return lostOffers(before, now).flatMap((identity) => {
    const { after } = context;
    const users = referrersOf(identity, after).filter(
      ({ by, need }) => identityOf(by) !== identityOf(before) && !provides(after, identity, need.key),
    );
    // A key that was never there is no news.
    const news = users.filter(({ need }) => need.key === undefined || hadKey(before, identity, need.key));
    const keyOf = ({ need }: Referrer): string | undefined => (provides(after, identity) ? need.key : undefined);
    return [...new Set(news.map(keyOf))].map((key) => {
      const by = news.filter((one) => keyOf(one) === key).map((one) => label(one.by));
      const [, kind = '', namespace, name] = identity.split('|');
      const what = `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
      return {
        says: `${key === undefined ? what : `${part(kind)} ${key} of ${what}`} is gone, and ${listed(by)} still ${by.length === 1 ? 'refers' : 'refer'} to it`,
        instead: 'change what refers to it first, or in the same commit',
      };
    });
  });
}

/** Identities of what an object no longer offers, or with fewer keys. */
function lostOffers(before: Manifest, now: Manifest | undefined): string[] {
  const offered = new Map(now ? offersOf(now).map((offer) => [offer.key, offer.keys]) : []);
  return offersOf(before)
    .filter(({ key, keys }) => {
      const still = offered.get(key);
      return !offered.has(key) || (keys !== undefined && still !== undefined && without(keys, still).length > 0);
    })
    .map(({ key }) => key);
}

function part(kind: string): string {
  return kind === 'Gateway' || kind === 'ListenerSet' ? 'Listener' : 'Key';
}

function hadKey(before: Manifest, identity: string, key: string): boolean {
  const keys = identityOf(before) === identity ? findKind(before)?.keys?.(before) : undefined;
  const offered = offersOf(before).find((offer) => offer.key === identity)?.keys;
  return (keys ?? offered)?.includes(key) ?? true;
}

/** Volumes and listeners have rules of their own. */
const OWN_RULES = new Set(['Gateway', 'ListenerSet']);

const referenceBroken = rule('SLP-reference-broken', {
  severity: 'danger',
  about: 'An object, or a key of it, goes that others still refer to: pods that need it do not start, routes fail',
  removed: (before, context) => (isKept(before, context) ? [] : broken(before, undefined, context)),
  changed: (before, after, context) => (OWN_RULES.has(after.kind) ? [] : broken(before, after, context)),
});

/** Kinds that nobody but Git makes, so that a missing one is missing. */
const RENDERED = new Set(['ConfigMap', 'Gateway', 'PersistentVolumeClaim', 'Service', 'ServiceAccount']);

const referenceUnknown = rule('SLP-reference-unknown', {
  severity: 'danger',
  about: 'A changed reference leads to an object that neither Git nor a controller makes',
  changed: (before, after, context) => {
    const now = referencesOf(newParts(before, after));
    if (now.length === 0) return [];
    const known = new Set(referencesIn(before).map(({ wants }) => wants));
    const missing = now.filter(({ wants, when }) => {
      if (when === 'ifAny' || known.has(wants)) return false;
      const [, kind = '', namespace = ''] = wants.split('|');
      // Of a namespace that is not in Git, its objects are not either.
      const isSeen = (): boolean => context.after.find(`|Namespace||${namespace}`) !== undefined;
      return RENDERED.has(kind) && isSeen() && !provides(context.after, wants);
    });
    return missing.map(({ says, path }) => ({
      path,
      says: `${label(after)} refers to ${says}, which does not exist`,
      instead: 'add it in the same commit, or correct the name',
    }));
  },
});

/** References between objects. */
export const REFERENCES = [referenceBroken, referenceUnknown];
