import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { budgets, budgetsUsed, budgetsYield, gracePeriods, spread, updates } from '../availability.ts';
import { images, portsUnique, probePorts, probes, resources, scratchSizes } from '../containers.ts';
import { autoscalerTargets, budgetSelectors, policySelectors, serviceSelectors, workloadSelectors } from '../selectors.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const ROLE = 'app.kubernetes.io/component';

/** The target of the first autoscaler. */
function autoscaled(d: Draft): Manifest {
  return d.find('Deployment', d.find('HorizontalPodAutoscaler').metadata.name);
}

/** What runs: who selects it, what it may use, how it is kept available. */
export const workloadMutations: readonly Mutation[] = [
  ...mutations(workloadSelectors, {
    'a selector for nobody': [(d) => d.set(d.find('Deployment'), ['spec', 'selector', 'matchLabels', ROLE], 'x'), /^Deployment .* does not select its own pods/],
    'no selector': [(d) => d.drop(d.find('StatefulSet'), 'spec', 'selector'), /^StatefulSet .* does not select its own pods/],
    "somebody else's pods": [(d) => d.drop(d.find('StatefulSet', 'mongo'), 'spec', 'selector', 'matchLabels', ROLE), /^StatefulSet mongo\/mongo selects the pods of .* too/],
  }),
  ...mutations(budgetSelectors, {
    'a budget for nobody': [(d) => d.set(d.find('PodDisruptionBudget'), ['spec', 'selector', 'matchLabels', ROLE], 'x'), /^PodDisruptionBudget .* selects no pods/],
    'a budget for two': [(d) => d.drop(d.find('PodDisruptionBudget', 'mongo'), 'spec', 'selector', 'matchLabels', ROLE), /^PodDisruptionBudget mongo\/mongo selects .* and /],
  }),
  ...mutations(serviceSelectors, {
    'a Service for nobody': [(d) => d.set(d.find('Service'), ['spec', 'selector', ROLE], 'x'), /^Service .* reaches no pods/],
    'a Service without a selector': [(d) => d.drop(d.find('Service'), 'spec', 'selector'), /^Service .* reaches no pods/],
    'a port that nobody has': [(d) => d.set(d.find('Service'), ['spec', 'ports', 0, 'targetPort'], 'nowhere'), /^Service .* leads to port nowhere/],
    'another protocol': [(d) => d.set(d.find('Service'), ['spec', 'ports', 0, 'protocol'], 'UDP'), /^Service .* leads to port/],
    'a port that was renamed': [(d) => d.set(d.find('Deployment', 'whoami'), [...CONTAINER, 'ports', 0, 'name'], 'web'), /^Service whoami\/whoami leads to port http, which Deployment whoami\/whoami/],
  }),
  ...mutations(autoscalerTargets, {
    'a target that is not there': [(d) => d.set(d.find('HorizontalPodAutoscaler'), ['spec', 'scaleTargetRef', 'name'], 'x'), /scales Deployment x, which does not exist/],
    'a count beside it': [(d) => d.set(autoscaled(d), ['spec', 'replicas'], 2), /sets replicas, which HorizontalPodAutoscaler/],
  }),
  ...mutations(policySelectors, {
    'a policy for nobody': [(d) => d.set(d.find('NetworkPolicy', 'whoami'), ['spec', 'podSelector', 'matchLabels', ROLE], 'x'), /^NetworkPolicy whoami\/whoami selects no pods/],
    'a policy in another namespace': [(d) => d.set(d.find('NetworkPolicy', 'whoami'), ['metadata', 'namespace'], 'mongo'), /^NetworkPolicy mongo\/whoami selects no pods/],
  }),
  ...mutations(resources, {
    'no resources': [(d) => d.drop(d.find('Deployment'), ...CONTAINER, 'resources'), /^container .* of Deployment .* requests no cpu/],
    'no memory limit': [(d) => d.drop(d.find('Deployment'), ...CONTAINER, 'resources', 'limits', 'memory'), /has no limit of memory/],
    'an init container that takes what it wants': [(d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'initContainers', 0, 'resources', 'limits', 'cpu'), /has no limit of cpu/],
    'a Job that asks for nothing': [(d) => d.drop(d.find('Job'), ...CONTAINER, 'resources', 'requests', 'cpu'), /of Job .* requests no cpu/],
    'more than its limit': [(d) => d.set(d.find('Deployment'), [...CONTAINER, 'resources', 'requests', 'memory'], '1Ti'), /requests more memory than its limit/],
  }),
  ...mutations(probes, {
    'no readiness': [(d) => d.drop(d.find('Deployment', 'whoami'), ...CONTAINER, 'readinessProbe'), /of Deployment whoami\/whoami has no readiness probe/],
    'no liveness': [(d) => d.drop(d.find('StatefulSet', 'mongo'), ...CONTAINER, 'livenessProbe'), /of StatefulSet mongo\/mongo has no liveness probe/],
    'one for both': [(d) => {
        const deployment = d.find('Deployment', 'whoami');
        d.set(deployment, [...CONTAINER, 'readinessProbe'], { httpGet: { path: '/', port: 'http' } });
        d.set(deployment, [...CONTAINER, 'livenessProbe'], { httpGet: { path: '/', port: 'http' } });
      }, /has one probe for liveness and readiness/],
  }),
  ...mutations(probePorts, {
    'a port of nobody': [(d) => d.set(d.find('Deployment', 'whoami'), [...CONTAINER, 'livenessProbe', 'httpGet', 'port'], 'nowhere'), /probes port nowhere/],
    'a number that nobody listens on': [(d) => d.set(d.find('Deployment', 'whoami'), [...CONTAINER, 'readinessProbe', 'httpGet', 'port'], 1), /probes port 1,/],
    'a hook': [(d) => d.set(d.find('Deployment', 'whoami'), [...CONTAINER, 'lifecycle'], { preStop: { httpGet: { path: '/', port: 'x' } } }), /probes port x/],
  }),
  ...mutations(images, {
    'no tag': [(d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'localhost:5000/app'), /an image without a tag/],
    'latest': [(d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'app:latest'), /whatever is latest/],
    'half a digest': [(d) => d.set(d.find('Deployment'), [...CONTAINER, 'image'], 'app:1@sha256:abc'), /a malformed digest/],
    'no pull policy': [(d) => d.drop(d.find('Job'), ...CONTAINER, 'imagePullPolicy'), /does not say when to pull/],
  }),
  ...mutations(portsUnique, {
    'a number twice': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'ports'], { name: 'other', containerPort: 3000 }), /has two ports with the number 3000\/TCP/],
    'a name twice': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'ports'], { name: 'http', containerPort: 1 }), /has two ports with the name http/],
  }),
  ...mutations(scratchSizes, {
    'a volume without an end': [(d) => d.push(d.find('Deployment'), [...POD, 'volumes'], { name: 'x', emptyDir: { medium: 'Memory' } }), /has the volume "x" without a size limit/],
  }),
  ...mutations(budgets, {
    'no budget': [(d) => d.remove(d.find('PodDisruptionBudget', 'mongo')), /^StatefulSet mongo\/mongo has 0 disruption budgets/],
    'two budgets': [(d) => d.copy(d.find('PodDisruptionBudget', 'mongo'), 'again'), /^StatefulSet mongo\/mongo has 2 disruption budgets/],
    'an autoscaled Deployment without one': [(d) => d.remove(d.find('PodDisruptionBudget', autoscaled(d).metadata.name)), /^Deployment .* has 0 disruption budgets/],
  }),
  ...mutations(budgetsYield, {
    'nobody may go': [(d) => d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec', 'maxUnavailable'], 0), /allows no disruption of 3 pods/],
    'as many must stay as there are': [(d) => d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec'], { ...d.find('PodDisruptionBudget', 'mongo')['spec'] as object, maxUnavailable: undefined, minAvailable: '100%' }), /allows no disruption of 3 pods/],
    'all may go': [(d) => d.set(d.find('PodDisruptionBudget', 'mongo'), ['spec', 'maxUnavailable'], '90%'), /allows that all 3 pods go/],
    'a broken pod blocks its node': [(d) => d.drop(d.find('PodDisruptionBudget'), 'spec', 'unhealthyPodEvictionPolicy'), /lets a pod that is not ready block its node/],
  }),
  ...mutations(budgetsUsed, {
    'one pod': [(d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'replicas'], 1), /is for StatefulSet mongo\/mongo, which has one pod/],
  }),
  ...mutations(spread, {
    'no constraints': [(d) => d.drop(autoscaled(d), ...POD, 'topologySpreadConstraints'), /^Deployment .* is not spread over kubernetes.io\/hostname/],
    'zones alone left out': [(d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'topologySpreadConstraints', 0), /is not spread over topology.kubernetes.io\/zone/],
    "constraints for somebody else's pods": [(d) => d.set(d.find('StatefulSet', 'mongo'), [...POD, 'topologySpreadConstraints', 0, 'labelSelector', 'matchLabels', ROLE], 'x'), /is not spread over/],
  }),
  ...mutations(updates, {
    'all at once': [(d) => d.set(autoscaled(d), ['spec', 'strategy'], { type: 'Recreate' }), /^Deployment .* ends its old pods/],
    'one less': [(d) => d.set(autoscaled(d), ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], 1), /goes below its number of pods/],
    'by hand': [(d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'updateStrategy', 'type'], 'OnDelete'), /is not updated one by one/],
  }),
  ...mutations(gracePeriods, {
    'nothing said': [(d) => d.drop(d.find('Deployment'), ...POD, 'terminationGracePeriodSeconds'), /^Deployment .* has no terminationGracePeriodSeconds/],
    'asleep until the end': [(d) => d.set(d.find('Deployment', 'whoami'), [...CONTAINER, 'lifecycle'], { preStop: { sleep: { seconds: 60 } } }), /sleeps its whole time to stop away/],
  }),
];
