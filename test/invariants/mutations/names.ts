import { noConstructLabels, validNames, validPartNames } from '../names.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

/** Names. */
export const namesMutations: readonly Mutation[] = [
  ...mutations(validNames, {
    'ConfigMap name with capitals': [
      (d) => d.set(d.find('ConfigMap'), ['metadata', 'name'], 'MyConfig'),
      /^ConfigMap .*MyConfig has an invalid name/,
    ],
    'Service name that begins with a digit': [
      (d) => d.set(d.find('Service'), ['metadata', 'name'], '1st'),
      /^Service .*1st has an invalid name/,
    ],
    'ClusterRole name with a slash': [
      (d) => d.set(d.find('ClusterRole'), ['metadata', 'name'], 'a/b'),
      /^ClusterRole a\/b has an invalid name/,
    ],
    'StatefulSet name too long for the labels of its pods': [
      (d) => d.set(d.find('StatefulSet'), ['metadata', 'name'], 'x'.repeat(53)),
      /more than 52 characters/,
    ],
    'Deployment name with a cdk8s hash': [
      (d) => d.set(d.find('Deployment'), ['metadata', 'name'], 'hello-c8a1b2c3'),
      /has a generated name/,
    ],
    'ConfigMap name with a content hash': [
      (d) => d.set(d.find('ConfigMap'), ['metadata', 'name'], 'config-5f2a9c1d7b'),
      /has a generated name/,
    ],
  }),
  ...mutations(validPartNames, {
    'invalid container name': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'name'], 'My_app'),
      /^container "My_app" of Deployment .* has an invalid name/,
    ],
    'port name of 16 characters': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'ports', 0, 'name'], 'a-very-long-port'),
      /invalid name "a-very-long-port"/,
    ],
    'invalid volume name': [
      (d) => d.set(d.find('StatefulSet'), [...POD, 'volumes', 0, 'name'], 'my.volume'),
      /^StatefulSet .* volume with the invalid name "my.volume"/,
    ],
  }),
  ...mutations(noConstructLabels, {
    'selector with a cdk8s label': [
      (d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', 'cdk8s.io/metadata.addr'], 'c8'),
      /^Deployment .* has a cdk8s label/,
    ],
  }),
];
