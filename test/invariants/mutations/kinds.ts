import { listAt } from '../../../charts/lib/manifest.ts';
import {
  bootstrapBuiltIn,
  declared,
  podTemplatesDeclared,
  referencesDeclared,
  volumeClaimsDeclared,
} from '../kinds.ts';
import { type Mutation, mutations, POD } from './mutation.ts';

/** Declarations of kinds. */
export const kindsMutations: readonly Mutation[] = [
  ...mutations(declared, {
    'undeclared kind': [
      (d) => d.set(d.find('Deployment'), ['apiVersion'], 'apps.kruise.io/v1alpha1'),
      /^Deployment .*: the kind Deployment \(apps\.kruise\.io\/v1alpha1\) is not declared/,
    ],
    'undeclared version': [
      (d) => d.set(d.find('Deployment'), ['apiVersion'], 'apps/v1beta2'),
      /^Deployment .*: the kind Deployment is not declared in the version apps\/v1beta2/,
    ],
  }),
  ...mutations(bootstrapBuiltIn, {
    'a custom resource beside the settings of Argo CD': [
      (d) =>
        d.set(
          d.find('ConfigMap', (m) => m.metadata.name === 'argocd-cm'),
          ['apiVersion'],
          'argoproj.io/v1alpha1',
        ),
      /^ConfigMap argocd\/argocd-cm is applied by bootstrap, before its definition is there/,
    ],
  }),
  ...mutations(podTemplatesDeclared, {
    'pod spec in an undeclared field': [
      (d) => {
        const deployment = d.find('Deployment');
        d.set(deployment, ['spec', 'fallback'], { spec: { containers: [{ name: 'x', image: 'x' }] } });
      },
      /^Deployment .* has a pod spec at spec\.fallback\.spec, which its kind does not declare/,
    ],
    'pod spec in a kind without pods': [
      (d) => d.set(d.find('Service'), ['spec', 'template'], { spec: { containers: [{ name: 'x', image: 'x' }] } }),
      /^Service .* has a pod spec at spec\.template\.spec/,
    ],
  }),
  ...mutations(volumeClaimsDeclared, {
    'volume claim in an undeclared field': [
      (d) => {
        const set = d.find('StatefulSet', (m) => listAt(m, 'spec', 'volumeClaimTemplates').length > 0);
        d.set(set, ['spec', 'storage'], structuredClone(listAt(set, 'spec', 'volumeClaimTemplates')[0]));
      },
      /^StatefulSet .* has a volume claim at spec\.storage, which its kind does not declare/,
    ],
  }),
  ...mutations(referencesDeclared, {
    'reference in an undeclared field': [
      (d) => d.set(d.find('Service'), ['spec', 'certificateRef'], { name: 'x' }),
      /^Service .* has a reference at spec\.certificateRef, which its kind does not declare/,
    ],
    'object name in an undeclared field': [
      (d) => d.set(d.find('ConfigMap'), ['secretName'], 'x'),
      /^ConfigMap .* has a reference at secretName/,
    ],
    'reference in an undeclared field of a pod': [
      (d) => d.set(d.find('Deployment'), [...POD, 'identityRef'], { name: 'x' }),
      /^Deployment .* has a reference at spec\.template\.spec\.identityRef/,
    ],
  }),
];
