import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-28';
import type { TenantSettings } from './settings.ts';

/** Adds the hard limits of a namespace; requests and limits have the same, so that neither is overcommitted. */
export function quota(
  scope: Construct,
  name: string,
  namespace: string,
  { cpu, memory, pods, storage = '0', loadBalancers }: TenantSettings['quota'],
): void {
  new k8s.KubeResourceQuota(scope, `ResourceQuota.${namespace}`, {
    metadata: { name, namespace },
    spec: {
      hard: {
        'requests.cpu': k8s.Quantity.fromString(cpu),
        'limits.cpu': k8s.Quantity.fromString(cpu),
        'requests.memory': k8s.Quantity.fromString(memory),
        'limits.memory': k8s.Quantity.fromString(memory),
        'requests.storage': k8s.Quantity.fromString(storage),
        pods: k8s.Quantity.fromString(String(pods)),
        'services.loadbalancers': k8s.Quantity.fromString(String(loadBalancers)),
        // A LoadBalancer has node ports too, so they can be forbidden only where there is none.
        ...(loadBalancers === 0 && { 'services.nodeports': k8s.Quantity.fromString('0') }),
      },
    },
  });
}

/**
 * Forbids pods with a priority class in a namespace, where anybody may use any class: they would evict those of the
 * platform. On a cluster whose classes include a global default, every pod has one.
 */
export function noPriority(scope: Construct, name: string, namespace: string): void {
  new k8s.KubeResourceQuota(scope, `ResourceQuota.${namespace}.${name}`, {
    metadata: { name, namespace },
    spec: {
      hard: { pods: k8s.Quantity.fromString('0') },
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] },
    },
  });
}

/**
 * Adds the defaults of containers in a namespace. The quota counts CPU and memory, and so rejects a pod with a
 * container that states no requests and limits: these defaults are what such a container gets before it is counted.
 */
export function limitRange(
  scope: Construct,
  name: string,
  namespace: string,
  { cpu, memory, cpuRequest, memoryRequest = memory }: TenantSettings['limits'],
): void {
  const quantities = (cpuText: string, memoryText: string): Record<string, k8s.Quantity> => ({
    cpu: k8s.Quantity.fromString(cpuText),
    memory: k8s.Quantity.fromString(memoryText),
  });
  new k8s.KubeLimitRange(scope, `LimitRange.${namespace}`, {
    metadata: { name, namespace },
    spec: {
      limits: [
        { type: 'Container', default: quantities(cpu, memory), defaultRequest: quantities(cpuRequest, memoryRequest) },
      ],
    },
  });
}
