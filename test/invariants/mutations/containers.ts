import { images, portsUnique, probePorts, probes, resources, emptyDirSizes } from '../containers.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

/** Resources, probes, images, ports and scratch volumes of containers. */
export const containersMutations: readonly Mutation[] = [
  ...mutations(resources, {
    'Deployment without resources': [
      (d) => d.drop(d.find('Deployment'), ...CONTAINER, 'resources'),
      /^container .* of Deployment .* has no cpu request/,
    ],
    'Deployment without a memory limit': [
      (d) => d.drop(d.find('Deployment'), ...CONTAINER, 'resources', 'limits', 'memory'),
      /has no memory limit/,
    ],
    'Deployment without an ephemeral-storage limit': [
      (d) => d.drop(d.find('Deployment'), ...CONTAINER, 'resources', 'limits', 'ephemeral-storage'),
      /has no ephemeral-storage limit/,
    ],
    'init container without a CPU limit': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'initContainers', 0, 'resources', 'limits', 'cpu'),
      /has no cpu limit/,
    ],
    'Job without a CPU request': [
      (d) => d.drop(d.find('Job'), ...CONTAINER, 'resources', 'requests', 'cpu'),
      /of Job .* has no cpu request/,
    ],
    'memory request above the limit': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'resources', 'requests', 'memory'], '1Ti'),
      /requests more memory than its limit/,
    ],
  }),
  ...mutations(probes, {
    'Deployment without a readiness probe': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...CONTAINER, 'readinessProbe'),
      /of Deployment hello\/hello has no readiness probe/,
    ],
    'StatefulSet without a liveness probe': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...CONTAINER, 'livenessProbe'),
      /of StatefulSet mongo\/mongo has no liveness probe/,
    ],
    'liveness probe that only connects': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'livenessProbe'], { tcpSocket: { port: 'http' } }),
      /of Deployment hello\/hello has a liveness probe that only connects, which a hanging process passes/,
    ],
    'same probe for liveness and readiness': [
      (d) => {
        const deployment = d.find('Deployment', 'hello');
        d.set(deployment, [...CONTAINER, 'readinessProbe'], { httpGet: { path: '/', port: 'http' } });
        d.set(deployment, [...CONTAINER, 'livenessProbe'], { httpGet: { path: '/', port: 'http' } });
      },
      /has the same probe for liveness and readiness/,
    ],
  }),
  ...mutations(probePorts, {
    'liveness probe of an undeclared named port': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'livenessProbe', 'httpGet', 'port'], 'nowhere'),
      /probes port nowhere/,
    ],
    'readiness probe of an undeclared port number': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'readinessProbe', 'httpGet', 'port'], 1),
      /probes port 1,/,
    ],
    'preStop hook that calls an undeclared port': [
      (d) =>
        d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'lifecycle'], {
          preStop: { httpGet: { path: '/', port: 'x' } },
        }),
      /probes port x/,
    ],
  }),
  ...mutations(images, {
    'image without a tag': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'localhost:5000/app'),
      /an image without a tag/,
    ],
    'image with the tag latest': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'app:latest'),
      /an image with the tag latest/,
    ],
    'image with a malformed digest': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'app:1@sha256:abc'),
      /a malformed digest/,
    ],
    'Job without imagePullPolicy': [
      (d) => d.drop(d.find('Job'), ...CONTAINER, 'imagePullPolicy'),
      /does not set imagePullPolicy/,
    ],
  }),
  ...mutations(portsUnique, {
    'duplicate port number': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'ports'], { name: 'other', containerPort: 3000 }),
      /has two ports with the number 3000\/TCP/,
    ],
    'duplicate port name': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'ports'], { name: 'http', containerPort: 1 }),
      /has two ports with the name http/,
    ],
  }),
  ...mutations(emptyDirSizes, {
    'emptyDir without a sizeLimit': [
      (d) => d.push(d.find('Deployment'), [...POD, 'volumes'], { name: 'x', emptyDir: { medium: 'Memory' } }),
      /has the volume "x" without a sizeLimit/,
    ],
  }),
];
