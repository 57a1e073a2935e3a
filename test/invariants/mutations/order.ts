import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { acyclic, applicationWaves, definitionsFirst, objectWaves, webhooksFirst } from '../order.ts';
import { type Mutation, mutations } from './mutation.ts';

const WAVE = 'argocd.argoproj.io/sync-wave';

function setWave(d: Draft, manifest: Manifest, wave: number): void {
  d.set(manifest, ['metadata', 'annotations'], { ...manifest.metadata.annotations, [WAVE]: String(wave) });
}

/** What comes before what. */
export const orderMutations: readonly Mutation[] = [
  ...mutations(acyclic, {
    'a need that nobody meets': [
      (d) => d.remove(d.find('GatewayClass')),
      /needs GatewayClass .*, which nothing on this cluster provides/,
    ],
    'a cycle in a component': [
      (d) => {
        d.state(d.find('Deployment', 'hello'), d.find('NetworkPolicy', 'hello'));
        d.state(d.find('NetworkPolicy', 'hello'), d.find('Deployment', 'hello'));
      },
      /^a cycle: /,
    ],
    'a cycle of components': [
      (d) => {
        const secret = d.add('cert-manager', structuredClone(d.find('ExternalSecret')));
        d.set(secret, ['metadata', 'namespace'], 'cert-manager');
      },
      /^a cycle: .*cert-manager → .*external-secrets|^a cycle: .*external-secrets → .*cert-manager/,
    ],
  }),
  ...mutations(objectWaves, {
    'a wave that is gone': [
      (d) => d.drop(d.find('Job', 'mongo-setup'), 'metadata', 'annotations', WAVE),
      /^Job mongo\/mongo-setup has wave 0 instead of/,
    ],
    'a wave too late': [(d) => setWave(d, d.find('Namespace', 'mongo'), 9), /^Namespace mongo has wave 9 instead of 0/],
  }),
  ...mutations(applicationWaves, {
    'an Application too early': [
      (d) => setWave(d, d.find('Application', 'hello'), 1),
      /^Application argocd\/hello does not come after Application/,
    ],
    'an Application before its project': [
      (d) => d.drop(d.find('Application', 'root'), 'metadata', 'annotations', WAVE),
      /^Application argocd\/root does not come after its AppProject/,
    ],
    'an Application too late': [
      (d) => setWave(d, d.find('Application', 'hello'), 99),
      /^Application argocd\/hello has wave 99 instead of/,
    ],
  }),
  ...mutations(definitionsFirst, {
    'definitions too late': [
      (d) => setWave(d, d.find('Application', 'gateway-api-crds'), 50),
      /does not come after Application argocd\/gateway-api-crds, which defines Gateway/,
    ],
    'definitions that nobody fetches': [
      (d) => d.remove(d.find('Application', 'cert-manager-crds')),
      /comes after cert-manager-crds, which has no Application/,
    ],
  }),
  ...mutations(webhooksFirst, {
    'a webhook of another component too late': [
      (d) => setWave(d, d.find('Application', 'cert-manager'), 50),
      /^Certificate .* does not come after ValidatingWebhookConfiguration cert-manager-webhook/,
    ],
    'a webhook of its own component too late': [
      (d) => setWave(d, d.find('Deployment', 'cert-manager-webhook'), 50),
      /^ClusterIssuer .* does not come after Deployment cert-manager\/cert-manager-webhook/,
    ],
  }),
];
