import { describe, expect, it } from 'vitest';
import { findKind } from '../../charts/kinds/index.ts';
import { at, label, type Manifest } from '../../charts/lib/manifest.ts';
import type { ClusterObjects } from '../lib/cluster-objects.ts';
import { Draft } from '../lib/draft.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import * as accounts from '../invariants/accounts.ts';
import * as containers from '../invariants/containers.ts';
import type { Invariant } from '../invariants/invariant.ts';
import * as kinds from '../invariants/kinds.ts';
import * as names from '../invariants/names.ts';
import * as needs from '../invariants/needs.ts';
import * as network from '../invariants/network.ts';
import * as podSecurity from '../invariants/pod-security.ts';
import * as references from '../invariants/references.ts';
import * as secrets from '../invariants/secrets.ts';

const fleet = await renderTestFleet();

/** The invariants of pods, whatever kind creates them. */
const POD_INVARIANTS = [accounts, containers, names, needs, network, podSecurity, references, secrets].flatMap(
  (topic) => Object.values<unknown>(topic).filter(isInvariant),
);

function isInvariant(exported: unknown): exported is Invariant {
  return typeof exported === 'object' && exported !== null && 'check' in exported;
}

/** Each Deployment of the fleet, from the first cluster that has it. */
const DEPLOYMENTS = [
  ...new Map(
    fleet.flatMap((cluster) =>
      cluster.objects
        .filter(({ manifest }) => manifest.kind === 'Deployment')
        .map(({ manifest }) => [label(manifest), { name: label(manifest), cluster, deployment: manifest }] as const),
    ),
  ).values(),
];

/** A pod template with many defects at once. */
function withDefects(template: object): object {
  const changed = structuredClone(template) as { spec: Record<string, unknown> & { containers: object[] } };
  Object.assign(changed.spec, { hostNetwork: true, serviceAccountName: 'unbound', securityContext: { runAsUser: 0 } });
  const image = 'app:latest';
  const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 'missing', key: 'x' } } }];
  changed.spec.containers = [{ name: 'bad', image, env, securityContext: { privileged: true } }];
  return changed;
}

/** Replaces a Deployment by a workload of another kind with defective pods. @returns the violations of the cluster */
function violationsWith(cluster: ClusterObjects, deployment: Manifest, make: (template: object) => Manifest): string[] {
  const draft = new Draft(cluster);
  const component = cluster.objects.find(({ manifest }) => manifest === deployment)?.component ?? '';
  draft.remove(deployment);
  draft.add(component, make(withDefects(at(deployment, 'spec', 'template') as object)));
  // Where a need is depends on the kind.
  return POD_INVARIANTS.flatMap(({ check }) => check(draft)).map((sentence) => sentence.replace(/ \(spec\..*\)$/, ''));
}

/** The same workload as another kind, with its pod template at that kind's path. */
const OTHERS: Readonly<Record<string, (deployment: Manifest, template: object) => Manifest>> = {
  Rollout: (deployment, template) => ({
    ...deployment,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    spec: { ...(deployment['spec'] as object), template },
  }),
  ScaledJob: ({ metadata }, template) => ({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledJob',
    metadata,
    spec: { jobTargetRef: { template } },
  }),
  CloneSet: (deployment, template) => ({
    ...deployment,
    apiVersion: 'apps.kruise.io/v1alpha1',
    kind: 'CloneSet',
    spec: { ...(deployment['spec'] as object), template },
  }),
  Cluster: ({ metadata }, template) => ({
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata,
    spec: { pods: { primary: template } },
  }),
};

describe.each(DEPLOYMENTS)('$name', ({ cluster, deployment }) => {
  const expected = violationsWith(cluster, deployment, (template) => ({
    ...deployment,
    spec: { ...(deployment['spec'] as object), template },
  })).filter((sentence) => sentence.includes(label(deployment)));

  it('has a violation for every defect', () => {
    for (const what of [
      'hostNetwork',
      'root',
      'privileged',
      'latest',
      'no memory limit',
      'no liveness',
      'which no object creates',
      'missing',
      'needs ServiceAccount',
    ])
      expect(
        expected.filter((sentence) => sentence.includes(what)),
        what,
      ).not.toEqual([]);
  });

  it.each(Object.keys(OTHERS))('has the same violations as a %s', (kind) => {
    const other = OTHERS[kind]!(deployment, {});
    const violations = violationsWith(cluster, deployment, (template) => OTHERS[kind]!(deployment, template));
    // What pods need is known of declared kinds only; the others do not render.
    const wanted = expected
      .filter((sentence) => findKind(other) || !sentence.includes(' needs '))
      .map((sentence) => sentence.replaceAll(label(deployment), label(other)));
    expect(wanted.filter((sentence) => !violations.includes(sentence))).toEqual([]);
  });
});

it.each(['CloneSet', 'Cluster'])('the pods of a %s are found although the kind is not declared', (kind) => {
  const { cluster, deployment } = DEPLOYMENTS[0]!;
  const draft = new Draft(cluster);
  draft.add('x', OTHERS[kind]!(deployment, withDefects(at(deployment, 'spec', 'template') as object)));
  expect(kinds.declared.check(draft)).toEqual([expect.stringContaining(`the kind ${kind} (`)]);
  expect(kinds.podTemplatesDeclared.check(draft)).toEqual([
    expect.stringMatching(new RegExp(`^${kind} .*, which its kind does not declare as podTemplate`)),
  ]);
});
