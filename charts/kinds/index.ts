import { Fault, suggest } from '../fault.ts';
import { groupOf, type Manifest } from '../lib/manifest.ts';
import { argoCd } from './argo-cd.ts';
import { argoRollouts } from './argo-rollouts.ts';
import { certManager } from './cert-manager.ts';
import { core } from './core.ts';
import { externalSecrets } from './external-secrets.ts';
import { gatewayApi } from './gateway-api.ts';
import { keda } from './keda.ts';
import { capability, type Kind, kindName, kindNameOf, resourceOf, type UpstreamDefinitions } from './kind.ts';
import { controlPlane } from './control-plane.ts';
import { prometheusOperator } from './prometheus-operator.ts';
import { velero } from './velero.ts';
import { volumeSnapshots } from './volume-snapshots.ts';
import { workloads } from './workloads.ts';

/** Every kind that may be rendered. */
export const KINDS: readonly Kind[] = [
  ...core,
  ...workloads,
  ...controlPlane,
  ...argoCd,
  ...argoRollouts,
  ...certManager,
  ...externalSecrets,
  ...gatewayApi,
  ...keda,
  ...prometheusOperator,
  ...velero,
  ...volumeSnapshots,
];

const BY_NAME: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kindName(kind), kind]));

/** By kind, then by apiVersion: it is asked several times for every object, so without making a string each time. */
const BY_KIND = new Map<string, Map<string, Kind | undefined>>();

/** The declaration of an object's kind, or undefined. */
export function findKind(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): Kind | undefined {
  const versions = BY_KIND.get(manifest.kind) ?? new Map<string, Kind | undefined>();
  if (!versions.has(manifest.apiVersion)) {
    versions.set(manifest.apiVersion, BY_NAME.get(kindNameOf(manifest)));
    BY_KIND.set(manifest.kind, versions);
  }
  return versions.get(manifest.apiVersion);
}

/**
 * The declaration of an object's kind.
 *
 * @param where location of the object, for the message
 * @throws Fault if the kind or the version is not declared
 */
export function kindOf(manifest: Pick<Manifest, 'apiVersion' | 'kind'>, where: string): Kind {
  const kind = findKind(manifest);
  const { apiVersion } = manifest;
  if (kind?.versions.includes(apiVersion.slice(apiVersion.indexOf('/') + 1))) return kind;
  if (kind) {
    throw new Fault({
      what: `the kind ${manifest.kind} is not declared in the version ${apiVersion}`,
      where,
      seen: apiVersion,
      fix: `use ${kind.versions.join(' or ')}, or add the version to its declaration in charts/kinds/`,
    });
  }
  const name = kindNameOf(manifest);
  throw new Fault({
    what: `the kind ${manifest.kind} (${apiVersion}) is not declared, so its scope, pods and references are unknown`,
    where,
    seen: name,
    fix: `${nearest(name)}declare it in charts/kinds/: custom('${groupOf(manifest)}', '${manifest.kind}', { scope, offers, podTemplate, references, schema })`,
  });
}

/** A suggestion if a declared kind has a similar name, else the empty string. */
function nearest(name: string): string {
  const text = suggest(name, [...BY_NAME.keys()]);
  return text.startsWith('did you mean') ? `${text} Otherwise ` : '';
}

/** The resource name of an object's kind: as declared, else by the API server's rule. */
export function resourceNameOf(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  return findKind(manifest)?.resource ?? resourceOf(manifest.kind);
}

/** True for a declared kind whose objects have no namespace. */
export function isClusterScoped(group: string, kind: string): boolean {
  return BY_NAME.get(kindName({ group, kind }))?.scope === 'cluster';
}

/** The capabilities that upstream definitions provide. */
export function definedBy({ name }: UpstreamDefinitions): string[] {
  return KINDS.filter(({ upstream }) => upstream?.name === name).map(({ group, resource }) =>
    capability.crd(group, resource),
  );
}
