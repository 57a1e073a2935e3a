import { Fault } from '../../charts/fault.ts';
import { findKind, kindOf } from '../../charts/kinds/index.ts';
import { POD_REFERENCES } from '../../charts/kinds/pods.ts';
import { at, label as labelOf, type Manifest } from '../../charts/lib/manifest.ts';
import { claimsOf } from '../lib/claims.ts';
import { manifestsOf, valuesOf } from '../lib/cluster-objects.ts';
import { workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** Bootstrap applies the settings of Argo CD before there is any definition but Argo CD's own. */
export const bootstrapBuiltIn = invariant(
  'what bootstrap applies before the first sync is of kinds that every API server has',
  ({ objects }) =>
    objects
      .filter(({ component, manifest }) => component === 'argo-cd' && findKind(manifest)?.builtIn !== true)
      .map(({ manifest }) => `${labelOf(manifest)} is applied by bootstrap, before its definition is there`),
);

// Undeclared fields are found here by their shape: a gap in a kind's declaration must not hide anything.

/** Everything known about an object is in its kind's declaration. */
export const declared = invariant('every kind is declared in the version that is used', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) => {
    try {
      kindOf(manifest, labelOf(manifest));
      return [];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return [`${labelOf(manifest)}: ${error.problems[0]?.what}`];
    }
  }),
);

/** The order and the generator's checks find pods only where the kind declares them. */
export const podTemplatesDeclared = invariant('every pod template is at the path that its kind declares', (cluster) =>
  workloadPods(cluster)
    .filter(({ workload, path }) => path !== declaredPod(workload))
    .map(({ label, path }) => `${label} has a pod spec at ${path}, which its kind does not declare as podTemplate`),
);

function declaredPod(workload: Manifest): string | undefined {
  const path = findKind(workload)?.podTemplate;
  return path === undefined ? undefined : below(path, 'spec');
}

/** The backup check finds volume claims only where the kind declares them. */
export const volumeClaimsDeclared = invariant('every volume claim is at the path that its kind declares', (cluster) =>
  claimsOf(cluster)
    .filter(({ owner, path }) => generic(path) !== findKind(owner)?.volumeClaims)
    .map(
      ({ owner, path }) =>
        `${labelOf(owner)} has a volume claim at ${path}, which its kind does not declare as volumeClaims`,
    ),
);

/** The order takes a reference into account only if the kind declares its path. */
export const referencesDeclared = invariant('every reference is at a path that its kind declares', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) => {
    const known = declaredPaths(manifest);
    return valuesOf(manifest)
      .filter(
        ({ path, key, value }) => isReference(key, value) && !known.some((pattern) => pattern.test(generic(path))),
      )
      .map(({ path }) => `${labelOf(manifest)} has a reference at ${path}, which its kind does not declare`);
  }),
);

/** Fields that hold the name of another object. */
const NAME_FIELDS = new Set([
  'serviceAccountName',
  'priorityClassName',
  'runtimeClassName',
  'storageClassName',
  'volumeSnapshotClassName',
  'gatewayClassName',
  'ingressClassName',
  'secretName',
  'configMapName',
  'claimName',
  'serviceName',
  'policyName',
]);

/** True for a field named as a reference that holds a name, and for a field known to hold the name of an object. */
function isReference(key: string, value: unknown): boolean {
  if (NAME_FIELDS.has(key)) return typeof value === 'string';
  return (
    /Refs?$/.test(key) &&
    !Array.isArray(value) &&
    (typeof value === 'string' || NAMES.some((name) => typeof at(value, name) === 'string'))
  );
}

/** Fields of a reference that hold the name. */
const NAMES = ['name', 'key', 'remoteKey'];

/** The paths that a kind declares, with those of its pods and volume claims; a path includes everything below it. */
function declaredPaths(manifest: Manifest): RegExp[] {
  const { references = {}, noReferences = {}, podTemplate, volumeClaims } = findKind(manifest) ?? {};
  const pods =
    podTemplate === undefined ? [] : Object.keys(POD_REFERENCES).map((path) => below(podTemplate, `spec.${path}`));
  const claims = volumeClaims === undefined ? [] : [below(volumeClaims, 'spec.storageClassName')];
  return [...Object.keys(references), ...Object.keys(noReferences), ...pods, ...claims].map((path) => {
    const literal = path.split('*').map((part) => part.replace(/[.[\]]/g, '\\$&'));
    return new RegExp(`^${literal.join('[^.]+')}(\\.|$)`);
  });
}

function below(path: string | undefined, field: string): string {
  return path ? `${path}.${field}` : field;
}

/** `spec.rules[]` for `spec.rules[0]`. */
function generic(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]');
}
