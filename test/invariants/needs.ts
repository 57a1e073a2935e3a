import { label, type Manifest } from '../../charts/lib/manifest.ts';
import { needsOf } from '../../charts/order/needs.ts';
import type { Offer } from '../../charts/kinds/kind.ts';
import { offersOf, sharedOffers } from '../../charts/order/offers.ts';
import { Rights } from '../../charts/order/rights.ts';
import { type ClusterObjects, manifestsOf } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** The generator's needs are met by its offers, both derived from the objects in dist. */
export const needsMet = invariant('every derived need of an object is met', (cluster) => {
  const offers = offersByKey(cluster);
  return manifestsOf(cluster).flatMap((manifest) =>
    needsOf(manifest)
      .filter(({ when }) => when !== 'ifAny')
      .flatMap(({ wants, says, path, key }) => {
        const found = offers.get(wants) ?? [];
        if (found.length === 0) return [`${label(manifest)} needs ${says}, which nothing provides (${path})`];
        const lacking = key !== undefined && found.some(({ keys }) => keys !== undefined && !keys.includes(key));
        return lacking ? [`${label(manifest)} needs "${key}" of ${says}, which has no such key (${path})`] : [];
      }),
  );
});

function offersByKey(cluster: ClusterObjects): Map<string, Offer[]> {
  const manifests: Manifest[] = manifestsOf(cluster);
  const assumed = [...cluster.preinstalled, ...[...cluster.provides.values()].flat()].map((key): Offer => ({
    key,
    onceHealthy: false,
  }));
  const shared = [...sharedOffers(manifests, new Rights(manifests)).values()].flat();
  const offers = new Map<string, Offer[]>();
  for (const offer of [...assumed, ...shared, ...manifests.flatMap(offersOf)])
    offers.set(offer.key, [...(offers.get(offer.key) ?? []), offer]);
  return offers;
}
