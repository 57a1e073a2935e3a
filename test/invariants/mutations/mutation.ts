import { listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { type Draft, Missing } from '../../lib/draft.ts';
import type { Invariant } from '../invariant.ts';

/** One way of breaking a cluster that one invariant must notice. */
export interface Mutation {
  readonly invariant: Invariant;
  /** What goes wrong, in words. */
  readonly defect: string;
  /** @throws Missing on a cluster that has nothing of the sort */
  readonly breaks: (draft: Draft) => void;
  /** What the invariant must say. */
  readonly violation: RegExp;
}

/** The mutations of one invariant: what goes wrong, how, and what must be said. */
export function mutations(
  invariant: Invariant,
  cases: Readonly<Record<string, readonly [breaks: (draft: Draft) => void, violation: RegExp]>>,
): Mutation[] {
  return Object.entries(cases).map(([defect, [breaks, violation]]) => ({ invariant, defect, breaks, violation }));
}

/** Where the kinds with a template have their pods. */
export const POD = ['spec', 'template', 'spec'] as const;
/** The first container of such a pod. */
export const CONTAINER = [...POD, 'containers', 0] as const;

/** True for objects of a component, by their label. */
export function of(component: string): (manifest: Manifest) => boolean {
  return ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === component;
}

/** Takes away every rule of a policy that names a component among its peers. */
export function shutOut(d: Draft, policy: Manifest, field: 'ingress' | 'egress', component: string): void {
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
