import { describe, expect, it } from 'vitest';
import { Fault } from '../../charts/fault.ts';
import { findKind, KINDS, kindOf } from '../../charts/kinds/index.ts';
import { capability, type Kind, kindName, resourceOf } from '../../charts/kinds/kind.ts';
import { POD_REFERENCES } from '../../charts/kinds/pods.ts';
import { referencesOf, valuesAt } from '../../charts/kinds/references.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { deriveOrder } from '../../charts/order/order.ts';

const NAMESPACE = '|Namespace||web';

/** Every custom resource definition exists, so that only references can be missing. */
const PREINSTALLED = new Set([NAMESPACE, ...KINDS.map(({ group, resource }) => capability.crd(group, resource))]);

/** An object of a kind with a value at a path: `[]` becomes the first item, `*` an arbitrary key. */
function objectWith(kind: Kind, path: string, value: unknown): Manifest {
  const fields: Record<string, unknown> = {};
  let here = fields;
  const segments = path.split('.');
  segments.forEach((segment, i) => {
    const key = segment.replace('[]', '').replace('*', 'any');
    const last = i === segments.length - 1;
    const inner = last ? value : {};
    here[key] = segment.endsWith('[]') ? [inner] : inner;
    if (!last) here = inner as Record<string, unknown>;
  });
  return {
    apiVersion: [kind.group, kind.versions[0]].filter(Boolean).join('/'),
    kind: kind.kind,
    metadata: { name: 'one', ...(kind.scope === 'namespaced' && { namespace: 'web' }) },
    ...fields,
  };
}

/** The error of rendering a component with only this object; empty if it succeeds. */
function faultOf(manifest: Manifest): string {
  try {
    deriveOrder([{ name: 'part', manifests: [manifest] }], PREINSTALLED);
    return '';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.message;
  }
}

const REFERENCES = KINDS.flatMap((kind) =>
  Object.entries(kind.references ?? {}).map(([path, reference]) => ({
    kind,
    path,
    name: kindName(kind),
    reference: typeof reference === 'string' ? { to: reference } : reference,
  })),
);

describe('a reference to an object that does not exist', () => {
  it.each(REFERENCES)('$name $path', ({ kind, path, reference }) => {
    const { to, name = 'name' } = reference;
    const target = to.slice(to.indexOf('/') + 1);
    const message = faultOf(objectWith(kind, path, { kind: target, [name]: 'missing', namespace: 'web' }));
    expect(message).toMatch(new RegExp(`${kind.kind} (web/)?one needs ${target} ([a-z-]+/)?missing, which nothing`));
    expect(message).toContain(path.split(/[.[*]/)[0]);
  });

  it.each(KINDS.filter(({ podTemplate }) => podTemplate !== undefined))('$group $kind: of its pods', (kind) => {
    for (const [path, reference] of Object.entries(POD_REFERENCES)) {
      const { to, name = 'name' } = typeof reference === 'string' ? { to: reference } : reference;
      const target = to.slice(to.indexOf('/') + 1);
      const whole = [kind.podTemplate, 'spec', path].filter(Boolean).join('.');
      const message = faultOf(objectWith(kind, whole, path.endsWith('Name') ? 'missing' : { [name]: 'missing' }));
      expect(message, whole).toMatch(new RegExp(`${kind.kind} web/one needs ${target} (web/)?missing`));
    }
  });

  it.each(KINDS.filter(({ volumeClaims }) => volumeClaims !== undefined))('$group $kind: of its volumes', (kind) => {
    const path = [kind.volumeClaims, 'spec.storageClassName'].filter(Boolean).join('.');
    expect(faultOf(objectWith(kind, path, 'missing'))).toContain(`${kind.kind} web/one needs StorageClass missing`);
  });

  it('names the missing key of an existing object', () => {
    const claim = kindOf({ apiVersion: 'keda.sh/v1alpha1', kind: 'TriggerAuthentication' }, '');
    const manifests = [
      objectWith(claim, 'spec.secretTargetRef[]', { name: 'login', key: 'pasword' }),
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'web' }, stringData: { password: '' } },
    ];
    expect(() => deriveOrder([{ name: 'part', manifests }], PREINSTALLED)).toThrow(
      /TriggerAuthentication web\/one needs "pasword" of Secret web\/login, which has no such key[\s\S]*did you mean "password"/,
    );
  });

  it.each([
    ['ServiceMonitor', 'Service'],
    ['PodMonitor', 'Pod'],
  ])('%s selects existing %ss', (name, selected) => {
    const kind = kindOf({ apiVersion: 'monitoring.coreos.com/v1', kind: name }, '');
    const monitor = objectWith(kind, 'spec.selector', { matchLabels: { app: 'web' } });
    expect(faultOf(monitor)).toContain(
      `${name} web/one selects ${selected}s by app=web, and nothing on this cluster has these labels`,
    );
    const labels = { app: 'web' };
    const found: Manifest =
      selected === 'Service'
        ? { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'web', labels } }
        : { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'web' }, template: {}, spec: {} };
    const labelled = selected === 'Pod' ? { ...found, metadata: { ...found.metadata, labels } } : found;
    expect(() => deriveOrder([{ name: 'part', manifests: [monitor, labelled] }], PREINSTALLED)).not.toThrow();
  });
});

describe('a reference', () => {
  const rollout = kindOf({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }, '');
  const wanted = (path: string, value: unknown): string[] =>
    referencesOf(objectWith(rollout, path, value)).map(({ says }) => says);

  it('refers to the kind that its kind field names', () => {
    expect(wanted('spec.workloadRef', { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'x' })).toEqual([
      'StatefulSet web/x',
    ]);
  });

  it('refers to a cluster-scoped kind if clusterScope is true', () => {
    const path = 'spec.strategy.canary.analysis.templates[]';
    expect(wanted(path, { templateName: 'x' })).toEqual(['AnalysisTemplate web/x']);
    expect(wanted(path, { templateName: 'x', clusterScope: true })).toEqual(['ClusterAnalysisTemplate x']);
  });

  it('is ignored if it is optional', () => {
    expect(wanted('spec.template.spec.containers[].envFrom[].secretRef', { name: 'x', optional: true })).toEqual([]);
  });

  it('has a path with list indices', () => {
    expect(valuesAt({ a: [{ b: { c: 1 } }, { b: { d: 2 } }] }, 'a[].b.*')).toEqual([
      { path: 'a[0].b.c', value: 1 },
      { path: 'a[1].b.d', value: 2 },
    ]);
  });
});

describe('a kind', () => {
  it('is declared once', () => {
    const names = KINDS.map(kindName);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it.each(KINDS)('$group $kind refers to declared kinds', ({ references = {} }) => {
    const targets = Object.values(references).flatMap((r) =>
      typeof r === 'string' ? [r] : [r.to, ...Object.values(r.toIf ?? {})],
    );
    expect(
      targets.filter((to) => {
        const slash = to.lastIndexOf('/');
        return !findKind({ apiVersion: slash < 0 ? 'v1' : `${to.slice(0, slash)}/v1`, kind: to.slice(slash + 1) });
      }),
    ).toEqual([]);
  });

  it('that is not declared is a fault that explains how to declare it', () => {
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget' };
    expect(() => kindOf(widget, 'component web, Widget one')).toThrow(
      /^the kind Widget \(example\.com\/v1\) is not declared[\s\S]*at: {3}component web, Widget one[\s\S]*custom\('example\.com', 'Widget'/,
    );
  });

  it('that is misspelt is a fault that suggests the declared name', () => {
    expect(() => kindOf({ apiVersion: 'apps/v1', kind: 'Deploymnet' }, '')).toThrow(
      /did you mean "apps\/Deployment"\?/,
    );
  });

  it('in another version is a fault that lists the declared versions', () => {
    expect(() => kindOf({ apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' }, '')).toThrow(
      /not declared in the version autoscaling\/v1[\s\S]*use v2/,
    );
  });

  it.each([
    ['Gateway', 'gateways'],
    ['NetworkPolicy', 'networkpolicies'],
    ['Ingress', 'ingresses'],
    ['StorageClass', 'storageclasses'],
    ['Prometheus', 'prometheuses'],
    ['Endpoints', 'endpoints'],
  ])('%s is the resource %s', (kind, resource) => {
    expect(resourceOf(kind)).toBe(resource);
  });
});
