import { suggest } from '../../charts/fault.ts';
import type { Waiver } from '../../charts/waivers.ts';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import type { Invariant } from './invariant.ts';

/** The violations of an invariant that no waiver of the cluster accepts. */
export function violationsOf(cluster: ClusterObjects, invariant: Invariant): string[] {
  const waived = cluster.waivers.filter((waiver) => waiver.invariant === invariant.name);
  return invariant.check(cluster).filter((sentence) => !waived.some(({ object }) => isAbout(sentence, object)));
}

/** One sentence for each waiver that names no invariant, or an invariant that its object meets. */
export function uselessWaivers(cluster: ClusterObjects, invariants: readonly Invariant[]): string[] {
  return cluster.waivers.flatMap((waiver) => {
    const { object, invariant: name, because } = waiver;
    const shown = `clusters/${cluster.name}/cluster.ts: the waiver for ${object} ("${because}")`;
    const invariant = invariants.find((one) => one.name === name);
    if (!invariant) {
      const names = invariants.map((one) => one.name);
      return [`${shown} names the unknown invariant "${name}": ${suggest(name, names)}`];
    }
    return invariant.check(cluster).some((sentence) => isAbout(sentence, object))
      ? []
      : [`${shown} is not needed: the object meets "${name}". Remove it`];
  });
}

/** True if a sentence names the object: not another one whose name continues. */
export function isAbout(sentence: string, object: Waiver['object']): boolean {
  const literal = object.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^\\w./-])${literal}(?![\\w/-]|[.:]\\w)`).test(sentence);
}
