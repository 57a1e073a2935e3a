import { linuxNodes, userNamespaces, versions } from '../nodes.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const VERSION = 'app.kubernetes.io/version';

/** Nodes and versions. */
export const nodesMutations: readonly Mutation[] = [
  ...mutations(linuxNodes, {
    'Deployment for any operating system': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...POD, 'nodeSelector'),
      /^Deployment hello\/hello does not select nodes with Linux/,
    ],
    'DaemonSet for Windows': [
      (d) => d.set(d.find('DaemonSet'), [...POD, 'nodeSelector', 'kubernetes.io/os'], 'windows'),
      /^DaemonSet velero\/node-agent does not select/,
    ],
  }),
  ...mutations(versions, {
    'Deployment without a version': [
      (d) => d.drop(d.find('Deployment', 'hello'), 'metadata', 'labels', VERSION),
      /^Deployment hello\/hello has the version none instead of/,
    ],
    'image of another version than its pods': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'image'], 'example.com/hello:99.9.9'),
      /^the pods of Deployment hello\/hello have the version .* instead of 99.9.9/,
    ],
    'StatefulSet that selects by version': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'selector', 'matchLabels', VERSION], '8'),
      /^StatefulSet mongo\/mongo selects by version/,
    ],
  }),
  ...mutations(userNamespaces, {
    'StatefulSet with the users of its node': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'hostUsers'),
      /^StatefulSet mongo\/mongo shares the users of its node/,
    ],
    'user namespace with a hostPath': [
      (d) => d.push(d.find('Deployment', 'hello'), [...POD, 'volumes'], { name: 'x', hostPath: { path: '/' } }),
      /^Deployment hello\/hello has a user namespace, but uses the node itself/,
    ],
    'user namespace where nodes cannot give one': [
      (d) => {
        const deployment = d.find('Deployment', 'metrics-server');
        d.set(deployment, [...POD, 'hostUsers'], false);
      },
      /^Deployment metrics-server\/metrics-server has a user namespace, which its nodes cannot give/,
    ],
  }),
];
