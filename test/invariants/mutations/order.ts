import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { acyclic, applicationWaves, definitionsFirst, holdsBack, objectWaves, webhooksFirst } from '../order.ts';
import { type Mutation, mutations } from './mutation.ts';

const WAVE = 'argocd.argoproj.io/sync-wave';

function setWave(d: Draft, manifest: Manifest, wave: number): void {
  d.set(manifest, ['metadata', 'annotations'], { ...manifest.metadata.annotations, [WAVE]: String(wave) });
}

/** Sync order. */
export const orderMutations: readonly Mutation[] = [
  ...mutations(acyclic, {
    'unmet need': [
      (d) => d.remove(d.find('GatewayClass')),
      /needs GatewayClass .*, which nothing on this cluster provides/,
    ],
    'cycle within a component': [
      (d) => {
        d.state(d.find('Deployment', 'hello'), d.find('NetworkPolicy', 'hello'));
        d.state(d.find('NetworkPolicy', 'hello'), d.find('Deployment', 'hello'));
      },
      /^a cycle: /,
    ],
    'cycle between components': [
      (d) => {
        const secret = d.add('cert-manager', structuredClone(d.find('ExternalSecret')));
        d.set(secret, ['metadata', 'namespace'], 'cert-manager');
      },
      /^a cycle: .*cert-manager → .*external-secrets|^a cycle: .*external-secrets → .*cert-manager/,
    ],
  }),
  ...mutations(objectWaves, {
    'Job without its sync wave': [
      (d) => d.drop(d.find('Job', 'mongo-setup'), 'metadata', 'annotations', WAVE),
      /^Job mongo\/mongo-setup has sync wave 0 instead of/,
    ],
    'Namespace in a later sync wave': [
      (d) => setWave(d, d.find('Namespace', 'mongo'), 9),
      /^Namespace mongo has sync wave 9 instead of 0/,
    ],
  }),
  ...mutations(applicationWaves, {
    'Application before one that it needs': [
      (d) => setWave(d, d.find('Application', 'hello'), 1),
      /^Application argocd\/hello does not sync after Application/,
    ],
    'Application before its AppProject': [
      (d) => d.drop(d.find('Application', 'root'), 'metadata', 'annotations', WAVE),
      /^Application argocd\/root does not sync after its AppProject/,
    ],
    'Application in a later sync wave': [
      (d) => setWave(d, d.find('Application', 'hello'), 99),
      /^Application argocd\/hello has sync wave 99 instead of/,
    ],
  }),
  ...mutations(holdsBack, {
    'Application that nothing comes after and that holds back others': [
      (d) =>
        d.set(d.find('Application', 'hello'), ['metadata', 'annotations', 'slipway.dev/holds-back-seconds'], '600'),
      /^Application argocd\/hello holds back others, though nothing comes after it/,
    ],
    'Application that others come after and that does not hold them back': [
      (d) => d.drop(d.find('Application', 'mongo'), 'metadata', 'annotations', 'slipway.dev/holds-back-seconds'),
      /^Application argocd\/mongo holds back nothing, though others come after it/,
    ],
  }),
  ...mutations(definitionsFirst, {
    'definitions after their custom resources': [
      (d) => setWave(d, d.find('Application', 'gateway-api-crds'), 50),
      /does not sync after Application argocd\/gateway-api-crds, which defines Gateway/,
    ],
    'definitions without an Application': [
      (d) => d.remove(d.find('Application', 'cert-manager-crds')),
      /syncs after cert-manager-crds, which has no Application/,
    ],
  }),
  ...mutations(webhooksFirst, {
    "another component's webhook after the objects that it validates": [
      (d) => setWave(d, d.find('Application', 'cert-manager'), 50),
      /^Certificate .* does not sync after ValidatingWebhookConfiguration cert-manager-webhook/,
    ],
    'webhook after the objects of its own component': [
      (d) => setWave(d, d.find('Deployment', 'cert-manager-webhook'), 50),
      /^ClusterIssuer .* does not sync after Deployment cert-manager\/cert-manager-webhook/,
    ],
  }),
];
