import { custom, type CustomDeclaration, type References, type UpstreamDefinitions } from './kind.ts';

const GROUP = 'keda.sh';

/** KEDA's definitions. */
export const KEDA_UPSTREAM: UpstreamDefinitions = {
  name: 'keda-crds',
  repository: 'https://github.com/kedacore/keda',
  paths: ['config/crd'],
};

/** Namespace of the objects that ClusterTriggerAuthentications refer to: KEDA's own. */
const CLUSTER_OBJECT_NAMESPACE = 'keda';

const scaling = (kind: string, declaration: Omit<CustomDeclaration, 'schema' | 'upstream'>) =>
  custom(GROUP, kind, { versions: ['v1alpha1'], schema: 'api server', upstream: KEDA_UPSTREAM, ...declaration });

/** Authentication of a scaler. */
const TRIGGERS: References = {
  'spec.triggers[].authenticationRef': { to: `${GROUP}/TriggerAuthentication` },
};

const authentication = (namespace?: string): References => ({
  'spec.secretTargetRef[]': { to: 'Secret', namespace, key: 'key' },
  'spec.configMapTargetRef[]': { to: 'ConfigMap', namespace, key: 'key' },
});

/** Event-driven scaling. */
export const keda = [
  scaling('ClusterTriggerAuthentication', {
    scope: 'cluster',
    offers: 'at once',
    references: authentication(CLUSTER_OBJECT_NAMESPACE),
  }),
  scaling('ScaledJob', {
    scope: 'namespaced',
    offers: 'once healthy',
    podTemplate: 'spec.jobTargetRef.template',
    references: TRIGGERS,
    noReferences: { 'spec.jobTargetRef': 'an embedded Job template, not a reference' },
  }),
  scaling('ScaledObject', {
    scope: 'namespaced',
    offers: 'once healthy',
    references: { 'spec.scaleTargetRef': { to: 'apps/Deployment', existing: true }, ...TRIGGERS },
    scales: 'spec.scaleTargetRef',
  }),
  scaling('TriggerAuthentication', {
    scope: 'namespaced',
    offers: 'at once',
    references: authentication(),
  }),
];
