import { listAt } from '../../../charts/lib/manifest.ts';
import { declared, podTemplatesDeclared, referencesDeclared, volumeClaimsDeclared } from '../kinds.ts';
import { type Mutation, mutations, POD } from './mutation.ts';

/** What kinds declare. */
export const kindsMutations: readonly Mutation[] = [
  ...mutations(declared, {
    'a kind that nobody declared': [
      (d) => d.set(d.find('Deployment'), ['apiVersion'], 'apps.kruise.io/v1alpha1'),
      /^Deployment .*: the kind Deployment \(apps\.kruise\.io\/v1alpha1\) is not declared/,
    ],
    'a version that is not declared': [
      (d) => d.set(d.find('Deployment'), ['apiVersion'], 'apps/v1beta2'),
      /^Deployment .*: the kind Deployment is not declared in the version apps\/v1beta2/,
    ],
  }),
  ...mutations(podTemplatesDeclared, {
    'a pod in an undeclared field': [
      (d) => {
        const deployment = d.find('Deployment');
        d.set(deployment, ['spec', 'fallback'], { spec: { containers: [{ name: 'x', image: 'x' }] } });
      },
      /^Deployment .* has a pod at spec\.fallback\.spec, which its kind does not declare/,
    ],
    'a pod in a kind without pods': [
      (d) => d.set(d.find('Service'), ['spec', 'template'], { spec: { containers: [{ name: 'x', image: 'x' }] } }),
      /^Service .* has a pod at spec\.template\.spec/,
    ],
  }),
  ...mutations(volumeClaimsDeclared, {
    'a volume claim in an undeclared field': [
      (d) => {
        const set = d.find('StatefulSet', (m) => listAt(m, 'spec', 'volumeClaimTemplates').length > 0);
        d.set(set, ['spec', 'storage'], structuredClone(listAt(set, 'spec', 'volumeClaimTemplates')[0]));
      },
      /^StatefulSet .* has a volume claim at spec\.storage, which its kind does not declare/,
    ],
  }),
  ...mutations(referencesDeclared, {
    'a reference in an undeclared field': [
      (d) => d.set(d.find('Service'), ['spec', 'certificateRef'], { name: 'x' }),
      /^Service .* refers to something at spec\.certificateRef, which its kind does not declare/,
    ],
    'a name in an undeclared field': [
      (d) => d.set(d.find('ConfigMap'), ['secretName'], 'x'),
      /^ConfigMap .* refers to something at secretName/,
    ],
    'a reference of a pod in an undeclared field': [
      (d) => d.set(d.find('Deployment'), [...POD, 'identityRef'], { name: 'x' }),
      /^Deployment .* refers to something at spec\.template\.spec\.identityRef/,
    ],
  }),
];
