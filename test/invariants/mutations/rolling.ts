import { ON_CHANGE, RELOADED_SECRETS } from '../../../charts/lib/on-change.ts';
import { CHECKSUM } from '../../../charts/lib/rolls.ts';
import { reloaded, rolled } from '../rolling.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const TEMPLATE = ['spec', 'template', 'metadata', 'annotations', CHECKSUM];

/** Changes of ConfigMaps and Secrets. */
export const rollingMutations: readonly Mutation[] = [
  ...mutations(rolled, {
    'Deployment without the checksum of a mounted ConfigMap': [
      (d) => d.drop(d.find('Deployment', 'gateway'), ...TEMPLATE),
      /^Deployment gateway\/gateway is not rolled by a change of ConfigMap\/own-secrets$/,
    ],
    'ConfigMap that changes without the checksum': [
      (d) => d.set(d.find('ConfigMap', 'own-secrets'), ['data', 'own-secrets.yaml'], 'other'),
      /^Deployment gateway\/gateway is not rolled/,
    ],
    'Deployment without the Secret of a variable among those of Reloader': [
      (d) => d.drop(d.find('Deployment', 'ledger'), 'metadata', 'annotations', RELOADED_SECRETS),
      /^Deployment ledger\/ledger is not rolled by a change of Secret\/ledger-mongo$/,
    ],
    'init container with a Secret by envFrom': [
      (d) =>
        d.set(d.find('StatefulSet', 'mongo'), [...POD, 'initContainers', 0, 'envFrom'], [{ secretRef: { name: 'x' } }]),
      /^StatefulSet mongo\/mongo is not rolled by a change of Secret\/x$/,
    ],
    'projected volume with a Secret': [
      (d) =>
        d.push(d.find('Deployment', 'hello'), [...POD, 'volumes'], {
          name: 'x',
          projected: { sources: [{ secret: { name: 'x' } }] },
        }),
      /^Deployment hello\/hello is not rolled by a change of Secret\/x$/,
    ],
    'variable from a ConfigMap': [
      (d) =>
        d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], {
          name: 'X',
          valueFrom: { configMapKeyRef: { name: d.copy(d.find('ConfigMap'), 'x').metadata.name, key: 'x' } },
        }) ?? d.set(d.find('ConfigMap', 'x'), ['metadata', 'namespace'], 'hello'),
      /^Deployment hello\/hello is not rolled by a change of ConfigMap\/x$/,
    ],
    'key file that is no longer said to count only at the start': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), 'metadata', 'annotations', ON_CHANGE),
      /^StatefulSet mongo\/mongo is not rolled by a change of Secret\/mongo-key$/,
    ],
  }),
  ...mutations(reloaded, {
    'Reloader that watches no namespace of a reader': [
      (d) => d.set(d.find('Deployment', 'reloader'), [...CONTAINER, 'args', 0], '--namespaces=mongo'),
      /^Deployment ledger\/ledger is rolled by Secrets, but Reloader does not watch ledger/,
    ],
    'cluster without Reloader': [
      (d) => d.removeComponent('reloader'),
      /^StatefulSet mongo\/mongo is rolled by Secrets, but Reloader does not watch mongo/,
    ],
    'Reloader without rights in a namespace': [
      (d) => d.remove(d.find('RoleBinding', ({ metadata }) => metadata.name === 'reloader')),
      /^Deployment reloader\/reloader may not list secrets in/,
    ],
    'Reloader that may not patch': [
      (d) =>
        d.drop(
          d.find('Role', ({ metadata }) => metadata.name === 'reloader'),
          'rules',
          1,
        ),
      /^Deployment reloader\/reloader may not patch statefulsets in/,
    ],
  }),
];
