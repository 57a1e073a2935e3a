import { listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { type Draft, Missing } from '../../lib/draft.ts';
import type { Invariant } from '../invariant.ts';

/** A change to a cluster that one invariant must detect. */
export interface Mutation {
  readonly invariant: Invariant;
  /** The defect that the change introduces; part of the test's title. */
  readonly defect: string;
  /** @throws Missing on a cluster without the object to change */
  readonly mutate: (draft: Draft) => void;
  /** The violation that the invariant must report. */
  readonly violation: RegExp;
}

/** The mutations of one invariant, by defect: the change and the violation to report. */
export function mutations(
  invariant: Invariant,
  cases: Readonly<Record<string, readonly [mutate: (draft: Draft) => void, violation: RegExp]>>,
): Mutation[] {
  return Object.entries(cases).map(([defect, [mutate, violation]]) => ({ invariant, defect, mutate, violation }));
}

/** The path of the pod spec in kinds with a pod template. */
export const POD = ['spec', 'template', 'spec'] as const;
/** The first container of such a pod. */
export const CONTAINER = [...POD, 'containers', 0] as const;

/** Matches the objects of a component, by their label. */
export function of(component: string): (manifest: Manifest) => boolean {
  return ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === component;
}

/** Removes every rule of a policy that has a component among its peers. */
export function removeRulesFor(d: Draft, policy: Manifest, field: 'ingress' | 'egress', component: string): void {
  const names = (rule: unknown): boolean =>
    listAt(rule, field === 'ingress' ? 'from' : 'to').some(
      (peer) => textAt(peer, 'podSelector', 'matchLabels', 'app.kubernetes.io/name') === component,
    );
  const rules = listAt(policy, 'spec', field);
  if (!rules.some(names)) throw new Missing(`no ${field} for ${component}`);
  d.set(
    policy,
    ['spec', field],
    rules.filter((rule) => !names(rule)),
  );
}
