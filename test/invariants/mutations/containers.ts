import { images, portsUnique, probePorts, probes, resources, scratchSizes } from '../containers.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

/** What a container may use, runs and answers. */
export const containersMutations: readonly Mutation[] = [
  ...mutations(resources, {
    'no resources': [
      (d) => d.drop(d.find('Deployment'), ...CONTAINER, 'resources'),
      /^container .* of Deployment .* requests no cpu/,
    ],
    'no memory limit': [
      (d) => d.drop(d.find('Deployment'), ...CONTAINER, 'resources', 'limits', 'memory'),
      /has no limit of memory/,
    ],
    'no limit of the disk': [
      (d) => d.drop(d.find('Deployment'), ...CONTAINER, 'resources', 'limits', 'ephemeral-storage'),
      /has no limit of ephemeral-storage/,
    ],
    'an init container that takes what it wants': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'initContainers', 0, 'resources', 'limits', 'cpu'),
      /has no limit of cpu/,
    ],
    'a Job that asks for nothing': [
      (d) => d.drop(d.find('Job'), ...CONTAINER, 'resources', 'requests', 'cpu'),
      /of Job .* requests no cpu/,
    ],
    'more than its limit': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'resources', 'requests', 'memory'], '1Ti'),
      /requests more memory than its limit/,
    ],
  }),
  ...mutations(probes, {
    'no readiness': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...CONTAINER, 'readinessProbe'),
      /of Deployment hello\/hello has no readiness probe/,
    ],
    'no liveness': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...CONTAINER, 'livenessProbe'),
      /of StatefulSet mongo\/mongo has no liveness probe/,
    ],
    'one for both': [
      (d) => {
        const deployment = d.find('Deployment', 'hello');
        d.set(deployment, [...CONTAINER, 'readinessProbe'], { httpGet: { path: '/', port: 'http' } });
        d.set(deployment, [...CONTAINER, 'livenessProbe'], { httpGet: { path: '/', port: 'http' } });
      },
      /has one probe for liveness and readiness/,
    ],
  }),
  ...mutations(probePorts, {
    'a port of nobody': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'livenessProbe', 'httpGet', 'port'], 'nowhere'),
      /probes port nowhere/,
    ],
    'a number that nobody listens on': [
      (d) => d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'readinessProbe', 'httpGet', 'port'], 1),
      /probes port 1,/,
    ],
    'a hook': [
      (d) =>
        d.set(d.find('Deployment', 'hello'), [...CONTAINER, 'lifecycle'], {
          preStop: { httpGet: { path: '/', port: 'x' } },
        }),
      /probes port x/,
    ],
  }),
  ...mutations(images, {
    'no tag': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'localhost:5000/app'),
      /an image without a tag/,
    ],
    latest: [(d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'app:latest'), /whatever is latest/],
    'half a digest': [
      (d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'app:1@sha256:abc'),
      /a malformed digest/,
    ],
    'no pull policy': [(d) => d.drop(d.find('Job'), ...CONTAINER, 'imagePullPolicy'), /does not say when to pull/],
  }),
  ...mutations(portsUnique, {
    'a number twice': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'ports'], { name: 'other', containerPort: 3000 }),
      /has two ports with the number 3000\/TCP/,
    ],
    'a name twice': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'ports'], { name: 'http', containerPort: 1 }),
      /has two ports with the name http/,
    ],
  }),
  ...mutations(scratchSizes, {
    'a volume without an end': [
      (d) => d.push(d.find('Deployment'), [...POD, 'volumes'], { name: 'x', emptyDir: { medium: 'Memory' } }),
      /has the volume "x" without a size limit/,
    ],
  }),
];
