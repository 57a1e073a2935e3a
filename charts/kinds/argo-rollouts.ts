import { custom, type CustomDeclaration, type UpstreamDefinitions } from './kind.ts';

const GROUP = 'argoproj.io';

/** Argo Rollouts' definitions. */
export const ROLLOUTS_UPSTREAM: UpstreamDefinitions = {
  name: 'argo-rollouts-crds',
  repository: 'https://github.com/argoproj/argo-rollouts',
  paths: ['manifests/crds'],
};

const rollouts = (kind: string, declaration: Omit<CustomDeclaration, 'schema' | 'upstream'>) =>
  custom(GROUP, kind, { versions: ['v1alpha1'], schema: 'api server', upstream: ROLLOUTS_UPSTREAM, ...declaration });

/** Secrets used as arguments of an analysis. */
const ARGUMENTS = { 'spec.args[].valueFrom.secretKeyRef': { to: 'Secret', key: 'key' } } as const;

/** Analysis templates: in its namespace, or cluster-scoped. */
const templates = (path: string) =>
  ({
    [`${path}[]`]: {
      to: `${GROUP}/AnalysisTemplate`,
      toIf: { clusterScope: `${GROUP}/ClusterAnalysisTemplate` },
      name: 'templateName',
    },
  }) as const;

/** Progressive delivery. */
export const argoRollouts = [
  rollouts('AnalysisRun', { scope: 'namespaced', offers: 'once healthy', references: ARGUMENTS }),
  rollouts('AnalysisTemplate', { scope: 'namespaced', offers: 'at once', references: ARGUMENTS }),
  rollouts('ClusterAnalysisTemplate', { scope: 'cluster', offers: 'at once' }),
  rollouts('Experiment', { scope: 'namespaced', offers: 'once healthy' }),
  rollouts('Rollout', {
    scope: 'namespaced',
    offers: 'once healthy',
    podTemplate: 'spec.template',
    immutable: [{ path: 'spec.selector' }],
    references: {
      'spec.workloadRef': { to: 'apps/Deployment', existing: true },
      'spec.strategy.canary.stableService': 'Service',
      'spec.strategy.canary.canaryService': 'Service',
      'spec.strategy.blueGreen.activeService': 'Service',
      'spec.strategy.blueGreen.previewService': 'Service',
      ...templates('spec.strategy.canary.analysis.templates'),
      ...templates('spec.strategy.canary.steps[].analysis.templates'),
      ...templates('spec.strategy.blueGreen.prePromotionAnalysis.templates'),
      ...templates('spec.strategy.blueGreen.postPromotionAnalysis.templates'),
    },
  }),
];
