import { filePaths, keyOrder, noNoise, uniqueObjects } from '../identity.ts';
import { commonLabels, roleLabels, validLabels } from '../labels.ts';
import { noConstructLabels, validNames, validPartNames } from '../names.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const NAME = 'app.kubernetes.io/name';

/** What each object is by itself: its identity, labels and names. */
export const objectMutations: readonly Mutation[] = [
  ...mutations(uniqueObjects, {
    'an object twice': [(d) => d.add('whoami', structuredClone(d.find('Deployment'))), /Deployment .* is in more than one file/],
    'an object in two versions': [
      (d) => {
        const twin = d.add('whoami', structuredClone(d.find('HorizontalPodAutoscaler')));
        d.set(twin, ['apiVersion'], 'autoscaling/v1');
      },
      /^autoscaling HorizontalPodAutoscaler .* is in more than one file/,
    ],
  }),
  ...mutations(filePaths, {
    'a file with another name': [(d) => d.refile(d.find('Service'), { path: 'cert-manager/service.yaml' }), /^Service .* lies in cert-manager\/service.yaml/],
    'a namespace in a name that needs none': [(d) => d.refile(d.find('Deployment', 'whoami'), { path: 'whoami/Deployment.whoami.whoami.yaml' }), /instead of whoami\/Deployment.whoami.yaml/],
    'a file in the folder of another component': [(d) => d.refile(d.find('Deployment', 'whoami'), { path: 'mongo/Deployment.whoami.yaml' }), /not in the folder whoami/],
    'one name for two namespaces': [(d) => d.set(d.add('whoami', structuredClone(d.find('NetworkPolicy', 'whoami'))), ['metadata', 'namespace'], 'other'), /instead of whoami\/NetworkPolicy.other.whoami.yaml/],
  }),
  ...mutations(keyOrder, {
    'kind behind metadata': [(d) => d.moveLast(d.find('Service'), 'kind'), /^Service .* does not begin with/],
    'annotations before the name': [(d) => d.moveLast(d.find('Namespace'), 'metadata', 'name'), /^Namespace .* in its metadata/],
    'fields of a container in disorder': [(d) => d.moveLast(d.find('Deployment'), ...CONTAINER, 'args'), /^Deployment .* out of order at spec.template.spec.containers\[0\]/],
    'a name that is not first': [(d) => d.moveLast(d.find('Deployment'), ...CONTAINER, 'name'), /^Deployment .* out of order at spec.template.spec.containers\[0\]/],
    'labels in disorder': [(d) => d.moveLast(d.find('Service'), 'metadata', 'labels', 'app.kubernetes.io/component'), /^Service .* out of order/],
  }),
  ...mutations(noNoise, {
    'a status': [(d) => d.set(d.find('Deployment'), ['status'], { replicas: 1 }), /^Deployment .* has a status/],
    'a time stamp': [(d) => d.set(d.find('Deployment'), ['spec', 'template', 'metadata', 'creationTimestamp'], '2026-01-01'), /^Deployment .* has creationTimestamp/],
    'a resource version': [(d) => d.set(d.find('Service'), ['metadata', 'resourceVersion'], '1'), /^Service .* has resourceVersion/],
    'a null': [(d) => d.set(d.find('Service'), ['spec', 'type'], null), /^Service .* is null at spec.type/],
    'an empty map': [(d) => d.set(d.find('Deployment'), [...POD, 'nodeSelector'], {}), /^Deployment .* is empty at spec.template.spec.nodeSelector/],
    'an empty list': [(d) => d.set(d.find('Deployment'), [...POD, 'tolerations'], []), /^Deployment .* is empty at spec.template.spec.tolerations/],
  }),
  ...mutations(commonLabels, {
    'an object without a label': [(d) => d.drop(d.find('Service'), 'metadata', 'labels', NAME), /^Service .* has no label app.kubernetes.io\/name/],
    'pods without a label': [(d) => d.drop(d.find('StatefulSet'), 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/part-of'), /^the pod template of StatefulSet .* has no label/],
    "another component's name": [(d) => d.set(d.find('Service', 'whoami'), ['metadata', 'labels', NAME], 'mongo'), /^Service whoami\/whoami .*: mongo instead of whoami/],
    'somebody else in charge': [(d) => d.set(d.find('Service'), ['metadata', 'labels', 'app.kubernetes.io/managed-by'], 'Helm'), /: Helm instead of slipway/],
    'no labels at all': [(d) => d.drop(d.find('ConfigMap'), 'metadata', 'labels'), /^ConfigMap .* has no label/],
  }),
  ...mutations(roleLabels, {
    'a workload without a role': [(d) => d.drop(d.find('Deployment'), 'metadata', 'labels', 'app.kubernetes.io/component'), /^Deployment .* has no label/],
    'pods with another role': [(d) => d.set(d.find('Job'), ['spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/component'], 'x'), /^Job .* but its pods have x/],
    'pods of no instance': [(d) => d.drop(d.find('Deployment'), 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/instance'), /^Deployment .* but its pods have none/],
  }),
  ...mutations(validLabels, {
    'a value with a space': [(d) => d.set(d.find('Service'), ['metadata', 'labels', NAME], 'two words'), /^Service .* the invalid value "two words"/],
    'a value that is too long': [(d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', NAME], 'x'.repeat(64)), /^Deployment .* the invalid value/],
    'a key with two slashes': [(d) => d.set(d.find('Service'), ['metadata', 'labels', 'a/b/c'], 'x'), /^Service .* the invalid key "a\/b\/c"/],
    'a label that is no text': [(d) => d.set(d.find('Deployment'), ['spec', 'template', 'metadata', 'labels', 'x'], true), /^Deployment .* has a boolean for "x"/],
    'an annotation that is no text': [(d) => d.set(d.find('Namespace'), ['metadata', 'annotations', 'x'], 1), /^Namespace .* has a number for "x"/],
  }),
  ...mutations(validNames, {
    'capitals': [(d) => d.set(d.find('ConfigMap'), ['metadata', 'name'], 'MyConfig'), /^ConfigMap .*MyConfig has a name/],
    'a Service that begins with a digit': [(d) => d.set(d.find('Service'), ['metadata', 'name'], '1st'), /^Service .*1st has a name/],
    'a slash in a role': [(d) => d.set(d.find('ClusterRole'), ['metadata', 'name'], 'a/b'), /^ClusterRole a\/b has a name/],
    'a StatefulSet whose pods could not be labelled': [(d) => d.set(d.find('StatefulSet'), ['metadata', 'name'], 'x'.repeat(53)), /more than 52 characters/],
    "cdk8s's hash": [(d) => d.set(d.find('Deployment'), ['metadata', 'name'], 'whoami-c8a1b2c3'), /has a generated name/],
    'a hash': [(d) => d.set(d.find('ConfigMap'), ['metadata', 'name'], 'config-5f2a9c1d7b'), /has a generated name/],
  }),
  ...mutations(validPartNames, {
    'a container': [(d) => d.set(d.find('Deployment'), [...CONTAINER, 'name'], 'My_app'), /^container "My_app" of Deployment .* has a name/],
    'a port that is too long': [(d) => d.set(d.find('Deployment'), [...CONTAINER, 'ports', 0, 'name'], 'a-very-long-port'), /invalid name "a-very-long-port"/],
    'a volume': [(d) => d.set(d.find('StatefulSet'), [...POD, 'volumes', 0, 'name'], 'my.volume'), /^StatefulSet .* volume with the invalid name "my.volume"/],
  }),
  ...mutations(noConstructLabels, {
    'a selector': [(d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', 'cdk8s.io/metadata.addr'], 'c8'), /^Deployment .* has a label of cdk8s/],
  }),
];
