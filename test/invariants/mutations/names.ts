import { noConstructLabels, validNames, validPartNames } from '../names.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

/** What things are called. */
export const namesMutations: readonly Mutation[] = [
  ...mutations(validNames, {
    capitals: [(d) => d.set(d.find('ConfigMap'), ['metadata', 'name'], 'MyConfig'), /^ConfigMap .*MyConfig has a name/],
    'a Service that begins with a digit': [
      (d) => d.set(d.find('Service'), ['metadata', 'name'], '1st'),
      /^Service .*1st has a name/,
    ],
    'a slash in a role': [
      (d) => d.set(d.find('ClusterRole'), ['metadata', 'name'], 'a/b'),
      /^ClusterRole a\/b has a name/,
    ],
    'a StatefulSet whose pods could not be labelled': [
      (d) => d.set(d.find('StatefulSet'), ['metadata', 'name'], 'x'.repeat(53)),
      /more than 52 characters/,
    ],
    "cdk8s's hash": [
      (d) => d.set(d.find('Deployment'), ['metadata', 'name'], 'hello-c8a1b2c3'),
      /has a generated name/,
    ],
    'a hash': [(d) => d.set(d.find('ConfigMap'), ['metadata', 'name'], 'config-5f2a9c1d7b'), /has a generated name/],
  }),
  ...mutations(validPartNames, {
    'a container': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'name'], 'My_app'),
      /^container "My_app" of Deployment .* has a name/,
    ],
    'a port that is too long': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'ports', 0, 'name'], 'a-very-long-port'),
      /invalid name "a-very-long-port"/,
    ],
    'a volume': [
      (d) => d.set(d.find('StatefulSet'), [...POD, 'volumes', 0, 'name'], 'my.volume'),
      /^StatefulSet .* volume with the invalid name "my.volume"/,
    ],
  }),
  ...mutations(noConstructLabels, {
    'a selector': [
      (d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', 'cdk8s.io/metadata.addr'], 'c8'),
      /^Deployment .* has a label of cdk8s/,
    ],
  }),
];
