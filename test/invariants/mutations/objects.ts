import { filePaths, keyOrder, noNoise, uniqueObjects } from '../objects.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

/** Objects and their files. */
export const objectsMutations: readonly Mutation[] = [
  ...mutations(uniqueObjects, {
    'same object in two files': [
      (d) => d.add('hello', structuredClone(d.find('Deployment'))),
      /Deployment .* is in more than one file/,
    ],
    'same object in two API versions': [
      (d) => {
        const duplicate = d.add('hello', structuredClone(d.find('HorizontalPodAutoscaler')));
        d.set(duplicate, ['apiVersion'], 'autoscaling/v1');
      },
      /^autoscaling HorizontalPodAutoscaler .* is in more than one file/,
    ],
  }),
  ...mutations(filePaths, {
    'file not named after its object': [
      (d) => d.refile(d.find('Service'), { path: 'cert-manager/service.yaml' }),
      /^Service .* is in cert-manager\/service.yaml/,
    ],
    'namespace in a file name that needs none': [
      (d) => d.refile(d.find('Deployment', 'hello'), { path: 'hello/Deployment.hello.hello.yaml' }),
      /instead of hello\/Deployment.hello.yaml/,
    ],
    "file in another component's folder": [
      (d) => d.refile(d.find('Deployment', 'hello'), { path: 'mongo/Deployment.hello.yaml' }),
      /not in the folder hello/,
    ],
    'same name in two namespaces': [
      (d) =>
        d.set(d.add('hello', structuredClone(d.find('NetworkPolicy', 'hello'))), ['metadata', 'namespace'], 'other'),
      /instead of hello\/NetworkPolicy.other.hello.yaml/,
    ],
  }),
  ...mutations(keyOrder, {
    'kind after metadata': [(d) => d.moveLast(d.find('Service'), 'kind'), /^Service .* out of order at the top level/],
    'annotations before the name': [
      (d) => d.moveLast(d.find('Namespace'), 'metadata', 'name'),
      /^Namespace .* out of order at metadata$/,
    ],
    'unsorted fields of a container': [
      (d) => d.moveLast(d.find('Deployment'), ...CONTAINER, 'args'),
      /^Deployment .* out of order at spec.template.spec.containers\[0\]/,
    ],
    'container name that is not first': [
      (d) => d.moveLast(d.find('Deployment'), ...CONTAINER, 'name'),
      /^Deployment .* out of order at spec.template.spec.containers\[0\]/,
    ],
    'unsorted labels': [
      (d) => d.moveLast(d.find('Service'), 'metadata', 'labels', 'app.kubernetes.io/component'),
      /^Service .* out of order at metadata.labels/,
    ],
  }),
  ...mutations(noNoise, {
    'Deployment with a status': [
      (d) => d.set(d.find('Deployment'), ['status'], { replicas: 1 }),
      /^Deployment .* has a status/,
    ],
    'pod template with a creationTimestamp': [
      (d) => d.set(d.find('Deployment'), ['spec', 'template', 'metadata', 'creationTimestamp'], '2026-01-01'),
      /^Deployment .* has creationTimestamp/,
    ],
    'Service with a resourceVersion': [
      (d) => d.set(d.find('Service'), ['metadata', 'resourceVersion'], '1'),
      /^Service .* has resourceVersion/,
    ],
    'null value': [(d) => d.set(d.find('Service'), ['spec', 'type'], null), /^Service .* is null at spec.type/],
    'empty map': [
      (d) => d.set(d.find('Deployment'), [...POD, 'nodeSelector'], {}),
      /^Deployment .* is empty at spec.template.spec.nodeSelector/,
    ],
    'empty list': [
      (d) => d.set(d.find('Deployment'), [...POD, 'tolerations'], []),
      /^Deployment .* is empty at spec.template.spec.tolerations/,
    ],
  }),
];
