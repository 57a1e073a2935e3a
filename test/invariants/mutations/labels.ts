import { commonLabels, roleLabels, validLabels } from '../labels.ts';
import { type Mutation, mutations } from './mutation.ts';

const NAME = 'app.kubernetes.io/name';

/** Labels and annotations. */
export const labelsMutations: readonly Mutation[] = [
  ...mutations(commonLabels, {
    'Service without the name label': [
      (d) => d.drop(d.find('Service'), 'metadata', 'labels', NAME),
      /^Service .* has no label app.kubernetes.io\/name/,
    ],
    'pod template without the part-of label': [
      (d) => d.drop(d.find('StatefulSet'), 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/part-of'),
      /^the pod template of StatefulSet .* has no label/,
    ],
    "Service with another component's name label": [
      (d) => d.set(d.find('Service', 'hello'), ['metadata', 'labels', NAME], 'mongo'),
      /^Service hello\/hello .*: mongo instead of hello/,
    ],
    'Service with another managed-by label': [
      (d) => d.set(d.find('Service'), ['metadata', 'labels', 'app.kubernetes.io/managed-by'], 'Helm'),
      /: Helm instead of slipway/,
    ],
    'adopted pods with a name label that no selector asks for': [
      (d) => d.set(d.find('Deployment', 'signpost'), ['spec', 'template', 'metadata', 'labels', NAME], 'theirs'),
      /^the pod template of Deployment signpost\/signpost .*: theirs instead of signpost/,
    ],
    'ConfigMap without labels': [
      (d) => d.drop(d.find('ConfigMap'), 'metadata', 'labels'),
      /^ConfigMap .* has no label/,
    ],
  }),
  ...mutations(roleLabels, {
    'Deployment without the component label': [
      (d) => d.drop(d.find('Deployment'), 'metadata', 'labels', 'app.kubernetes.io/component'),
      /^Deployment .* has no label/,
    ],
    'Job whose pods have another component label': [
      (d) => d.set(d.find('Job'), ['spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/component'], 'x'),
      /^Job .* but its pods have x/,
    ],
    'Deployment whose pods have no instance label': [
      (d) => d.drop(d.find('Deployment'), 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/instance'),
      /^Deployment .* but its pods have none/,
    ],
  }),
  ...mutations(validLabels, {
    'label value with a space': [
      (d) => d.set(d.find('Service'), ['metadata', 'labels', NAME], 'two words'),
      /^Service .* the invalid value "two words"/,
    ],
    'label value of 64 characters': [
      (d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', NAME], 'x'.repeat(64)),
      /^Deployment .* the invalid value/,
    ],
    'label key with two slashes': [
      (d) => d.set(d.find('Service'), ['metadata', 'labels', 'a/b/c'], 'x'),
      /^Service .* the invalid key "a\/b\/c"/,
    ],
    'boolean label value': [
      (d) => d.set(d.find('Deployment'), ['spec', 'template', 'metadata', 'labels', 'x'], true),
      /^Deployment .* has a boolean for "x"/,
    ],
    'numeric annotation value': [
      (d) => d.set(d.find('Namespace'), ['metadata', 'annotations', 'x'], 1),
      /^Namespace .* has a number for "x"/,
    ],
  }),
];
