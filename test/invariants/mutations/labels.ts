import { commonLabels, roleLabels, validLabels } from '../labels.ts';
import { type Mutation, mutations } from './mutation.ts';

const NAME = 'app.kubernetes.io/name';

/** Whose an object is. */
export const labelsMutations: readonly Mutation[] = [
  ...mutations(commonLabels, {
    'an object without a label': [
      (d) => d.drop(d.find('Service'), 'metadata', 'labels', NAME),
      /^Service .* has no label app.kubernetes.io\/name/,
    ],
    'pods without a label': [
      (d) => d.drop(d.find('StatefulSet'), 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/part-of'),
      /^the pod template of StatefulSet .* has no label/,
    ],
    "another component's name": [
      (d) => d.set(d.find('Service', 'hello'), ['metadata', 'labels', NAME], 'mongo'),
      /^Service hello\/hello .*: mongo instead of hello/,
    ],
    'somebody else in charge': [
      (d) => d.set(d.find('Service'), ['metadata', 'labels', 'app.kubernetes.io/managed-by'], 'Helm'),
      /: Helm instead of slipway/,
    ],
    'no labels at all': [(d) => d.drop(d.find('ConfigMap'), 'metadata', 'labels'), /^ConfigMap .* has no label/],
  }),
  ...mutations(roleLabels, {
    'a workload without a role': [
      (d) => d.drop(d.find('Deployment'), 'metadata', 'labels', 'app.kubernetes.io/component'),
      /^Deployment .* has no label/,
    ],
    'pods with another role': [
      (d) => d.set(d.find('Job'), ['spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/component'], 'x'),
      /^Job .* but its pods have x/,
    ],
    'pods of no instance': [
      (d) => d.drop(d.find('Deployment'), 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/instance'),
      /^Deployment .* but its pods have none/,
    ],
  }),
  ...mutations(validLabels, {
    'a value with a space': [
      (d) => d.set(d.find('Service'), ['metadata', 'labels', NAME], 'two words'),
      /^Service .* the invalid value "two words"/,
    ],
    'a value that is too long': [
      (d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', NAME], 'x'.repeat(64)),
      /^Deployment .* the invalid value/,
    ],
    'a key with two slashes': [
      (d) => d.set(d.find('Service'), ['metadata', 'labels', 'a/b/c'], 'x'),
      /^Service .* the invalid key "a\/b\/c"/,
    ],
    'a label that is no text': [
      (d) => d.set(d.find('Deployment'), ['spec', 'template', 'metadata', 'labels', 'x'], true),
      /^Deployment .* has a boolean for "x"/,
    ],
    'an annotation that is no text': [
      (d) => d.set(d.find('Namespace'), ['metadata', 'annotations', 'x'], 1),
      /^Namespace .* has a number for "x"/,
    ],
  }),
];
