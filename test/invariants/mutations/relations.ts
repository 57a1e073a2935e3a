import { needsMet } from '../needs.ts';
import { objectReferences, podReferences } from '../references.ts';
import { calledServicesExist, customReferences, hostsUnique, routesAttach } from '../routes.ts';
import { storeConditions, storedSecretsKept, storedSecretsOnce, storedSecretsWritten } from '../stored-secrets.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const BACKEND = ['spec', 'rules', 0, 'backendRefs', 0] as const;
const SECRET_ENV = { name: 'X', valueFrom: { secretKeyRef: { name: 'x', key: 'x' } } };

/** What objects say of one another. */
export const relationMutations: readonly Mutation[] = [
  ...mutations(needsMet, {
    'a Secret that nobody makes': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'env'], SECRET_ENV), /^Deployment whoami\/whoami needs Secret whoami\/x, which nobody brings/],
    'a key that nobody makes': [(d) => d.set(d.find('ExternalSecret', 'restaurants-mongo'), ['spec', 'target', 'template', 'data'], { url: '{{ .password }}' }), /^Deployment restaurants\/restaurants needs "uri" of Secret/],
    'an issuer that is not there': [(d) => d.set(d.find('Certificate'), ['spec', 'issuerRef', 'name'], 'x'), /^Certificate .* needs (Cluster)?Issuer .*x, which nobody brings/],
    'a namespace that is not there': [(d) => d.remove(d.find('Namespace', 'whoami')), /needs Namespace whoami, which nobody brings/],
    'definitions that are not there': [(d) => d.brings.set('cert-manager-crds', []), /needs the custom resource definition of Certificate/],
  }),
  ...mutations(podReferences, {
    'an environment variable of no Secret': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'env'], SECRET_ENV), /reads Secret whoami\/x, which nobody makes/],
    'a key that the Secret does not have': [(d) => d.push(d.find('Deployment', 'restaurants'), [...CONTAINER, 'env'], { name: 'X', valueFrom: { secretKeyRef: { name: 'restaurants-mongo', key: 'x' } } }), /reads "x" of Secret restaurants\/restaurants-mongo/],
    'all of a ConfigMap': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'envFrom'], { configMapRef: { name: 'x' } }), /reads ConfigMap whoami\/x/],
    'a volume of no Secret': [(d) => d.push(d.find('Deployment', 'whoami'), [...POD, 'volumes'], { name: 'x', secret: { secretName: 'x' } }), /reads Secret whoami\/x/],
    'one key of a volume': [(d) => d.set(d.find('Job', 'mongo-setup'), [...POD, 'volumes'], [{ name: 'x', configMap: { name: 'mongo-setup', items: [{ key: 'x', path: 'x' }] } }]), /reads "x" of ConfigMap mongo\/mongo-setup/],
    'a part of a volume': [(d) => d.push(d.find('Deployment', 'whoami'), [...POD, 'volumes'], { name: 'x', projected: { sources: [{ secret: { name: 'y' } }] } }), /reads Secret whoami\/y/],
    'a Secret whose maker is gone': [(d) => d.remove(d.find('ExternalSecret', 'restaurants-mongo')), /^Deployment restaurants\/restaurants reads Secret restaurants\/restaurants-mongo/],
    'a certificate that nobody issues': [(d) => d.remove(d.find('Certificate', 'metrics-server-tls')), /^Deployment metrics-server\/metrics-server reads Secret/],
    'a ConfigMap that is gone': [(d) => d.remove(d.find('ConfigMap', 'mongo-setup')), /^Job mongo\/mongo-setup reads ConfigMap mongo\/mongo-setup/],
    'an init container': [(d) => d.push(d.find('StatefulSet', 'mongo'), [...POD, 'initContainers', 0, 'env'], SECRET_ENV), /^StatefulSet mongo\/mongo reads Secret mongo\/x/],
    'credentials for images': [(d) => d.set(d.find('Deployment', 'whoami'), [...POD, 'imagePullSecrets'], [{ name: 'x' }]), /reads Secret whoami\/x/],
    'a mount of no volume': [(d) => d.set(d.find('Deployment', 'whoami'), [...CONTAINER, 'volumeMounts', 0, 'name'], 'x'), /mounts the volume "x", which its pod does not have/],
    'a volume for nobody': [(d) => d.drop(d.find('Deployment', 'whoami'), ...CONTAINER, 'volumeMounts'), /has the volume "tmp", which no container mounts/],
    'a claim for nobody': [(d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'volumeClaimTemplates', 0, 'metadata', 'name'], 'x'), /has the volume "x", which no container mounts/],
    'an account that is gone': [(d) => d.remove(d.find('ServiceAccount', 'whoami')), /runs as ServiceAccount whoami\/whoami, which does not exist/],
  }),
  ...mutations(objectReferences, {
    'a namespace that is gone': [(d) => d.remove(d.find('Namespace', 'whoami')), /^Deployment whoami\/whoami is in a namespace that does not exist/],
    'a StatefulSet without its Service': [(d) => d.remove(d.find('Service', 'mongo')), /^StatefulSet mongo\/mongo is named by Service "mongo", which does not exist/],
    'a Service that is not headless': [(d) => d.drop(d.find('Service', 'mongo'), 'spec', 'clusterIP'), /which is not headless/],
    'a Service over other pods': [(d) => d.set(d.find('Service', 'mongo'), ['spec', 'selector', 'app.kubernetes.io/component'], 'x'), /which does not select its pods/],
    'the default storage class': [(d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'volumeClaimTemplates', 0, 'spec', 'storageClassName'), /leaves its storage class to the cluster's default/],
    'a storage class that is not there': [(d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'volumeClaimTemplates', 0, 'spec', 'storageClassName'], 'x'), /wants the storage class "x"/],
  }),
  ...mutations(calledServicesExist, {
    'a route to nothing': [(d) => d.set(d.find('HTTPRoute', 'whoami'), [...BACKEND, 'name'], 'x'), /^HTTPRoute whoami\/whoami calls Service whoami\/x, which does not exist/],
    'a route to no port': [(d) => d.set(d.find('HTTPRoute', 'whoami'), [...BACKEND, 'port'], 81), /calls port 81 of Service whoami\/whoami/],
    'a webhook of nobody': [(d) => d.set(d.find('ValidatingWebhookConfiguration'), ['webhooks', 0, 'clientConfig', 'service', 'name'], 'x'), /^ValidatingWebhookConfiguration .* calls Service .*\/x/],
    'a webhook on no port': [(d) => d.set(d.find('ValidatingWebhookConfiguration'), ['webhooks', 0, 'clientConfig', 'service', 'port'], 444), /calls port 444/],
    'an API of nobody': [(d) => d.set(d.find('APIService'), ['spec', 'service', 'namespace'], 'x'), /^APIService .* calls Service x\//],
  }),
  ...mutations(routesAttach, {
    'no Gateway': [(d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'parentRefs', 0, 'name'], 'x'), /attaches to Gateway x, which does not exist/],
    'no listener': [(d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'parentRefs', 0, 'sectionName'], 'x'), /attaches to listener x of Gateway/],
    'a host of others': [(d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'hostnames', 0], 'whoami.example.net'), /has the host whoami.example.net, which listener https/],
    'a namespace that is not let in': [(d) => d.set(d.find('Gateway', 'gateway'), ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces', 'selector', 'matchExpressions', 0, 'values'], ['x']), /^HTTPRoute whoami\/whoami is in a namespace that listener https does not let in/],
    'nobody let in': [(d) => d.set(d.find('Gateway', 'gateway'), ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces'], { from: 'Same' }), /^HTTPRoute whoami\/whoami is in a namespace/],
  }),
  ...mutations(hostsUnique, {
    "somebody else's host": [(d) => d.set(d.find('HTTPRoute', 'whoami'), ['spec', 'hostnames'], (d.find('HTTPRoute', 'items')['spec'] as { hostnames: string[] }).hostnames), /is routed by HTTPRoute .* and HTTPRoute/],
  }),
  ...mutations(customReferences, {
    'no class': [(d) => d.remove(d.find('GatewayClass')), /^Gateway .* names GatewayClass/],
    'a certificate that nobody issues': [(d) => d.remove(d.find('Certificate', 'wildcard')), /^Gateway .* serves the certificate wildcard, which nobody issues/],
    'no issuer': [(d) => d.set(d.find('Certificate'), ['spec', 'issuerRef', 'name'], 'x'), /^Certificate .* names (Cluster)?Issuer x/],
    'no store to read': [(d) => d.set(d.find('ExternalSecret'), ['spec', 'secretStoreRef', 'name'], 'x'), /^ExternalSecret .* names ClusterSecretStore x/],
    'no store to write': [(d) => d.set(d.find('PushSecret'), ['spec', 'secretStoreRefs', 0, 'name'], 'x'), /^PushSecret .* names ClusterSecretStore x/],
    'no generator': [(d) => d.remove(d.find('Password')), /^PushSecret .* names Password/],
    'nowhere to put a backup': [(d) => d.set(d.find('Schedule'), ['spec', 'template', 'storageLocation'], 'x'), /^Schedule .* names BackupStorageLocation x/],
  }),
  ...mutations(storedSecretsWritten, {
    'a name that nobody writes': [(d) => d.set(d.find('ExternalSecret'), ['spec', 'data', 0, 'remoteRef', 'key'], 'x'), /^ExternalSecret .* reads "x", which nobody writes/],
    'a key that nobody generates': [(d) => d.set(d.find('ExternalSecret'), ['spec', 'data', 0, 'remoteRef', 'property'], 'x'), /reads "x" of/],
    'a generator that is gone': [(d) => d.remove(d.find('Password')), /^ExternalSecret .* reads/],
  }),
  ...mutations(storedSecretsOnce, {
    'two writers': [(d) => d.copy(d.find('PushSecret'), 'again'), /is written more than once/],
  }),
  ...mutations(storedSecretsKept, {
    'a password that changes': [(d) => d.set(d.find('PushSecret'), ['spec', 'updatePolicy'], 'Replace'), /^PushSecret .* replaces what is there/],
    'a password that goes': [(d) => d.set(d.find('PushSecret'), ['spec', 'deletionPolicy'], 'Delete'), /^PushSecret .* deletes from the store/],
    'two entries': [(d) => d.push(d.find('PushSecret'), ['spec', 'data'], { match: { remoteRef: { remoteKey: 'x', property: 'y' } } }), /^PushSecret .* has more than one entry/],
  }),
  ...mutations(storeConditions, {
    'a user who is refused': [(d) => d.drop(d.find('ClusterSecretStore'), 'spec', 'conditions', 0, 'namespaces', 0), /^ClusterSecretStore .* refuses/],
    'a stranger who is let in': [(d) => d.push(d.find('ClusterSecretStore'), ['spec', 'conditions', 0, 'namespaces'], 'whoami'), /^ClusterSecretStore .* lets in whoami/],
  }),
];
