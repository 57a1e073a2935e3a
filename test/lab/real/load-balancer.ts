import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import type { Provision } from '../clouds.ts';
import { isReady } from '../conditions.ts';
import type { Cluster, StandIn } from '../stand-ins/stand-in.ts';

const run = promisify(execFile);

/**
 * Stands in for what announces the addresses of Services of type LoadBalancer in a network: packets for one reach a node
 * that has a ready pod of it. What the node does with them is kube-proxy's.
 */
export class LoadBalancerStandIn implements StandIn {
  private readonly cluster: Cluster;
  private readonly address: string | undefined;
  private via: string | undefined;

  constructor(cluster: Cluster, { loadBalancer }: Provision) {
    this.cluster = cluster;
    this.address = loadBalancer && 'ip' in loadBalancer ? loadBalancer.ip : undefined;
  }

  async reconcile(): Promise<void> {
    const { api, mirror } = this.cluster;
    const { address } = this;
    const service = mirror.all('services').find((one) => textAt(one, 'spec', 'type') === 'LoadBalancer');
    if (!service || address === undefined) return;
    if (listAt(service, 'status', 'loadBalancer', 'ingress').length === 0)
      await api.merge(`${mirror.path('services', service)}/status`, {
        status: { loadBalancer: { ingress: [{ ip: address }] } },
      });
    const nodes = this.nodesOf(service);
    if (this.via !== undefined && nodes.includes(this.via)) return;
    const [via] = nodes;
    if (via !== undefined) await run('ip', ['route', 'replace', address, 'via', via]);
    else if (this.via !== undefined) await run('ip', ['route', 'delete', address]);
    this.via = via;
  }

  /** Addresses of the nodes with ready pods of a Service. */
  private nodesOf({ metadata, spec }: Live): string[] {
    const selector = Object.entries((at(spec, 'selector') ?? {}) as Record<string, string>);
    return this.cluster.mirror
      .all('pods')
      .filter(
        (pod) =>
          pod.metadata.namespace === metadata.namespace &&
          pod.metadata.deletionTimestamp === undefined &&
          selector.every(([key, value]) => pod.metadata.labels?.[key] === value) &&
          isReady(pod),
      )
      .map((pod) => textAt(pod, 'status', 'hostIP') ?? '')
      .filter(Boolean)
      .sort();
  }
}
