import { AppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject';
import { Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { Certificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { ClusterIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer';
import { Issuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import { Gateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import { GatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass';
import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { groupOf, label, type Manifest } from '../../charts/lib/manifest.ts';
import { manifestsOf } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** A model that checks its data against the schema of its definition. */
interface Model {
  validate(): void;
}

/** Makes a model of data that claims to be one: whether it is, is the question. */
function model(type: new (data: never) => Model): (manifest: Manifest) => Model {
  return (manifest) => new type(manifest as never);
}

/** What has a schema here, by apiVersion and kind. */
const MODELS: Readonly<Record<string, (manifest: Manifest) => Model>> = {
  'argoproj.io/v1alpha1/AppProject': model(AppProject),
  'argoproj.io/v1alpha1/Application': model(Application),
  'cert-manager.io/v1/Certificate': model(Certificate),
  'cert-manager.io/v1/ClusterIssuer': model(ClusterIssuer),
  'cert-manager.io/v1/Issuer': model(Issuer),
  'gateway.networking.k8s.io/v1/Gateway': model(Gateway),
  'gateway.networking.k8s.io/v1/GatewayClass': model(GatewayClass),
  'gateway.networking.k8s.io/v1/HTTPRoute': model(HTTPRoute),
};

/** Groups whose schemas no package here has; a real API server checks them in the lab. */
const WITHOUT_SCHEMA = new Set([
  'external-secrets.io',
  'generators.external-secrets.io',
  'snapshot.storage.k8s.io',
  'velero.io',
]);

/** What the API server would refuse for its form is refused here first. */
export const schemas = invariant('custom resources are what their definitions say', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) => {
    const make = MODELS[`${manifest.apiVersion}/${manifest.kind}`];
    if (make) return faultsOf(make(manifest)).map((what) => `${label(manifest)}: ${what}`);
    // A group without a dot, or of Kubernetes itself, is no custom one.
    const group = groupOf(manifest);
    const custom =
      group.includes('.') &&
      !/^(rbac\.authorization|networking|storage|admissionregistration|apiregistration|scheduling|node)\.k8s\.io$/.test(
        group,
      );
    return custom && !WITHOUT_SCHEMA.has(group)
      ? [`${label(manifest)} (${manifest.apiVersion}) has no schema here`]
      : [];
  }),
);

function faultsOf(resource: Model): string[] {
  try {
    resource.validate();
    return [];
  } catch (error) {
    return [(error as Error).message.replaceAll(/\s+/g, ' ').trim()];
  }
}
