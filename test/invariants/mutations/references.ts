import { objectReferences, podReferences } from '../references.ts';
import { Missing } from '../../lib/draft.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const SECRET_ENV = { name: 'X', valueFrom: { secretKeyRef: { name: 'x', key: 'x' } } };

/** References of pods and StatefulSets. */
export const referencesMutations: readonly Mutation[] = [
  ...mutations(podReferences, {
    'environment variable from a missing Secret': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], SECRET_ENV),
      /reads Secret hello\/x, which no object creates/,
    ],
    'environment variable from a missing key': [
      (d) =>
        d.push(d.find('Deployment', 'ledger'), [...CONTAINER, 'env'], {
          name: 'X',
          valueFrom: { secretKeyRef: { name: 'ledger-mongo', key: 'x' } },
        }),
      /reads "x" of Secret ledger\/ledger-mongo/,
    ],
    'envFrom a missing ConfigMap': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'envFrom'], { configMapRef: { name: 'x' } }),
      /reads ConfigMap hello\/x/,
    ],
    'volume from a missing Secret': [
      (d) => d.push(d.find('Deployment', 'hello'), [...POD, 'volumes'], { name: 'x', secret: { secretName: 'x' } }),
      /reads Secret hello\/x/,
    ],
    'volume item from a missing key': [
      (d) =>
        d.set(
          d.find('Job', 'mongo-setup'),
          [...POD, 'volumes'],
          [{ name: 'x', configMap: { name: 'mongo-setup', items: [{ key: 'x', path: 'x' }] } }],
        ),
      /reads "x" of ConfigMap mongo\/mongo-setup/,
    ],
    'projected volume from a missing Secret': [
      (d) =>
        d.push(d.find('Deployment', 'hello'), [...POD, 'volumes'], {
          name: 'x',
          projected: { sources: [{ secret: { name: 'y' } }] },
        }),
      /reads Secret hello\/y/,
    ],
    'Secret without its ExternalSecret': [
      (d) => d.remove(d.find('ExternalSecret', 'ledger-mongo')),
      /^Deployment ledger\/ledger reads Secret ledger\/ledger-mongo/,
    ],
    'Secret without its Certificate': [
      (d) => d.remove(d.find('Certificate', 'metrics-server-tls')),
      /^Deployment metrics-server\/metrics-server reads Secret/,
    ],
    'Secret that people create in another namespace': [
      (d) => {
        if (d.secretsByHand.length === 0) throw new Missing('no Secret by hand');
        d.secretsByHand = d.secretsByHand.map((secret) => ({ ...secret, namespace: 'elsewhere' }));
      },
      /^Deployment external-dns\/external-dns reads Secret external-dns\/cloudflare-api-token, which no object creates/,
    ],
    'Secret that people create with another key': [
      (d) => {
        if (d.secretsByHand.length === 0) throw new Missing('no Secret by hand');
        d.secretsByHand = d.secretsByHand.map((secret) => ({ ...secret, key: 'other' }));
      },
      /^Deployment external-dns\/external-dns reads "token" of Secret external-dns\/cloudflare-api-token/,
    ],
    'missing ConfigMap': [
      (d) => d.remove(d.find('ConfigMap', 'mongo-setup')),
      /^Job mongo\/mongo-setup reads ConfigMap mongo\/mongo-setup/,
    ],
    'init container that reads a missing Secret': [
      (d) => d.push(d.find('StatefulSet', 'mongo'), [...POD, 'initContainers', 0, 'env'], SECRET_ENV),
      /^StatefulSet mongo\/mongo reads Secret mongo\/x/,
    ],
    'missing image pull secret': [
      (d) => d.set(d.find('Deployment', 'hello'), [...POD, 'imagePullSecrets'], [{ name: 'x' }]),
      /reads Secret hello\/x/,
    ],
    'mount of a missing volume': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'volumeMounts', 0, 'name'], 'x'),
      /mounts the volume "x", which its pod does not have/,
    ],
    'volume that no container mounts': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...CONTAINER, 'volumeMounts'),
      /has the volume "tmp", which no container mounts/,
    ],
    'volume claim template that no container mounts': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'volumeClaimTemplates', 0, 'metadata', 'name'], 'x'),
      /has the volume "x", which no container mounts/,
    ],
  }),
  ...mutations(objectReferences, {
    'StatefulSet without its governing Service': [
      (d) => d.remove(d.find('Service', 'mongo')),
      /^StatefulSet mongo\/mongo has the governing Service "mongo", which does not exist/,
    ],
    'governing Service that is not headless': [
      (d) => d.drop(d.find('Service', 'mongo'), 'spec', 'clusterIP'),
      /which is not headless/,
    ],
    'governing Service that selects other pods': [
      (d) => d.set(d.find('Service', 'mongo'), ['spec', 'selector', 'app.kubernetes.io/component'], 'x'),
      /which does not select its pods/,
    ],
    'volume claim without a storageClassName': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'volumeClaimTemplates', 0, 'spec', 'storageClassName'),
      /has a volume claim without a storageClassName/,
    ],
  }),
];
