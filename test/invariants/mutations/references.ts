import { objectReferences, podReferences } from '../references.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const SECRET_ENV = { name: 'X', valueFrom: { secretKeyRef: { name: 'x', key: 'x' } } };

/** What pods and other objects name. */
export const referencesMutations: readonly Mutation[] = [
  ...mutations(podReferences, {
    'an environment variable of no Secret': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], SECRET_ENV),
      /reads Secret hello\/x, which nobody makes/,
    ],
    'a key that the Secret does not have': [
      (d) =>
        d.push(d.find('Deployment', 'ledger'), [...CONTAINER, 'env'], {
          name: 'X',
          valueFrom: { secretKeyRef: { name: 'ledger-mongo', key: 'x' } },
        }),
      /reads "x" of Secret ledger\/ledger-mongo/,
    ],
    'all of a ConfigMap': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'envFrom'], { configMapRef: { name: 'x' } }),
      /reads ConfigMap hello\/x/,
    ],
    'a volume of no Secret': [
      (d) => d.push(d.find('Deployment', 'hello'), [...POD, 'volumes'], { name: 'x', secret: { secretName: 'x' } }),
      /reads Secret hello\/x/,
    ],
    'one key of a volume': [
      (d) =>
        d.set(
          d.find('Job', 'mongo-setup'),
          [...POD, 'volumes'],
          [{ name: 'x', configMap: { name: 'mongo-setup', items: [{ key: 'x', path: 'x' }] } }],
        ),
      /reads "x" of ConfigMap mongo\/mongo-setup/,
    ],
    'a part of a volume': [
      (d) =>
        d.push(d.find('Deployment', 'hello'), [...POD, 'volumes'], {
          name: 'x',
          projected: { sources: [{ secret: { name: 'y' } }] },
        }),
      /reads Secret hello\/y/,
    ],
    'a Secret whose maker is gone': [
      (d) => d.remove(d.find('ExternalSecret', 'ledger-mongo')),
      /^Deployment ledger\/ledger reads Secret ledger\/ledger-mongo/,
    ],
    'a certificate that nobody issues': [
      (d) => d.remove(d.find('Certificate', 'metrics-server-tls')),
      /^Deployment metrics-server\/metrics-server reads Secret/,
    ],
    'a ConfigMap that is gone': [
      (d) => d.remove(d.find('ConfigMap', 'mongo-setup')),
      /^Job mongo\/mongo-setup reads ConfigMap mongo\/mongo-setup/,
    ],
    'an init container': [
      (d) => d.push(d.find('StatefulSet', 'mongo'), [...POD, 'initContainers', 0, 'env'], SECRET_ENV),
      /^StatefulSet mongo\/mongo reads Secret mongo\/x/,
    ],
    'credentials for images': [
      (d) => d.set(d.find('Deployment', 'hello'), [...POD, 'imagePullSecrets'], [{ name: 'x' }]),
      /reads Secret hello\/x/,
    ],
    'a mount of no volume': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'volumeMounts', 0, 'name'], 'x'),
      /mounts the volume "x", which its pod does not have/,
    ],
    'a volume for nobody': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...CONTAINER, 'volumeMounts'),
      /has the volume "tmp", which no container mounts/,
    ],
    'a claim for nobody': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'volumeClaimTemplates', 0, 'metadata', 'name'], 'x'),
      /has the volume "x", which no container mounts/,
    ],
  }),
  ...mutations(objectReferences, {
    'a StatefulSet without its Service': [
      (d) => d.remove(d.find('Service', 'mongo')),
      /^StatefulSet mongo\/mongo is named by Service "mongo", which does not exist/,
    ],
    'a Service that is not headless': [
      (d) => d.drop(d.find('Service', 'mongo'), 'spec', 'clusterIP'),
      /which is not headless/,
    ],
    'a Service over other pods': [
      (d) => d.set(d.find('Service', 'mongo'), ['spec', 'selector', 'app.kubernetes.io/component'], 'x'),
      /which does not select its pods/,
    ],
    'the default storage class': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'volumeClaimTemplates', 0, 'spec', 'storageClassName'),
      /leaves its storage class to the cluster's default/,
    ],
  }),
];
