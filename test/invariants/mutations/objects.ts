import { filePaths, keyOrder, noNoise, uniqueObjects } from '../objects.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

/** What an object is, and how its file is written. */
export const objectsMutations: readonly Mutation[] = [
  ...mutations(uniqueObjects, {
    'an object twice': [
      (d) => d.add('hello', structuredClone(d.find('Deployment'))),
      /Deployment .* is in more than one file/,
    ],
    'an object in two versions': [
      (d) => {
        const twin = d.add('hello', structuredClone(d.find('HorizontalPodAutoscaler')));
        d.set(twin, ['apiVersion'], 'autoscaling/v1');
      },
      /^autoscaling HorizontalPodAutoscaler .* is in more than one file/,
    ],
  }),
  ...mutations(filePaths, {
    'a file with another name': [
      (d) => d.refile(d.find('Service'), { path: 'cert-manager/service.yaml' }),
      /^Service .* lies in cert-manager\/service.yaml/,
    ],
    'a namespace in a name that needs none': [
      (d) => d.refile(d.find('Deployment', 'hello'), { path: 'hello/Deployment.hello.hello.yaml' }),
      /instead of hello\/Deployment.hello.yaml/,
    ],
    'a file in the folder of another component': [
      (d) => d.refile(d.find('Deployment', 'hello'), { path: 'mongo/Deployment.hello.yaml' }),
      /not in the folder hello/,
    ],
    'one name for two namespaces': [
      (d) =>
        d.set(d.add('hello', structuredClone(d.find('NetworkPolicy', 'hello'))), ['metadata', 'namespace'], 'other'),
      /instead of hello\/NetworkPolicy.other.hello.yaml/,
    ],
  }),
  ...mutations(keyOrder, {
    'kind behind metadata': [(d) => d.moveLast(d.find('Service'), 'kind'), /^Service .* out of order at its top/],
    'annotations before the name': [
      (d) => d.moveLast(d.find('Namespace'), 'metadata', 'name'),
      /^Namespace .* out of order at metadata$/,
    ],
    'fields of a container in disorder': [
      (d) => d.moveLast(d.find('Deployment'), ...CONTAINER, 'args'),
      /^Deployment .* out of order at spec.template.spec.containers\[0\]/,
    ],
    'a name that is not first': [
      (d) => d.moveLast(d.find('Deployment'), ...CONTAINER, 'name'),
      /^Deployment .* out of order at spec.template.spec.containers\[0\]/,
    ],
    'labels in disorder': [
      (d) => d.moveLast(d.find('Service'), 'metadata', 'labels', 'app.kubernetes.io/component'),
      /^Service .* out of order at metadata.labels/,
    ],
  }),
  ...mutations(noNoise, {
    'a status': [(d) => d.set(d.find('Deployment'), ['status'], { replicas: 1 }), /^Deployment .* has a status/],
    'a time stamp': [
      (d) => d.set(d.find('Deployment'), ['spec', 'template', 'metadata', 'creationTimestamp'], '2026-01-01'),
      /^Deployment .* has creationTimestamp/,
    ],
    'a resource version': [
      (d) => d.set(d.find('Service'), ['metadata', 'resourceVersion'], '1'),
      /^Service .* has resourceVersion/,
    ],
    'a null': [(d) => d.set(d.find('Service'), ['spec', 'type'], null), /^Service .* is null at spec.type/],
    'an empty map': [
      (d) => d.set(d.find('Deployment'), [...POD, 'nodeSelector'], {}),
      /^Deployment .* is empty at spec.template.spec.nodeSelector/,
    ],
    'an empty list': [
      (d) => d.set(d.find('Deployment'), [...POD, 'tolerations'], []),
      /^Deployment .* is empty at spec.template.spec.tolerations/,
    ],
  }),
];
