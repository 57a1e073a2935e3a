import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { at, textAt } from '../../../charts/lib/manifest.ts';
import { type Labels, matches } from '../../lib/selector.ts';
import type { Live } from '../api.ts';
import { loadBalancerIp, type Provision } from '../clouds.ts';
import { isReady } from '../conditions.ts';
import { balance } from '../stand-ins/cloud.ts';
import type { Cluster, StandIn } from '../stand-ins/stand-in.ts';

const run = promisify(execFile);

/**
 * Stands in for what announces the addresses of Services of type LoadBalancer in a network: packets for one reach a node
 * that has a ready pod of it. What the node does with them is kube-proxy's.
 */
export class LoadBalancerStandIn implements StandIn {
  private readonly cluster: Cluster;
  private readonly provision: Provision;
  private via: string | undefined;

  constructor(cluster: Cluster, provision: Provision) {
    this.cluster = cluster;
    this.provision = provision;
  }

  async reconcile(): Promise<void> {
    const { cluster, provision } = this;
    const address = loadBalancerIp(provision);
    const service = cluster.mirror.all('services').find((one) => textAt(one, 'spec', 'type') === 'LoadBalancer');
    if (!service || address === undefined) return;
    await balance(cluster, service, provision);
    const nodes = this.nodesOf(service);
    if (this.via !== undefined && nodes.includes(this.via)) return;
    const [via] = nodes;
    if (via !== undefined) await run('ip', ['route', 'replace', address, 'via', via]);
    else if (this.via !== undefined) await run('ip', ['route', 'delete', address]);
    this.via = via;
  }

  /** Addresses of the nodes with ready pods of a Service. */
  private nodesOf({ metadata, spec }: Live): string[] {
    const selector = { matchLabels: at(spec, 'selector') as Labels | undefined };
    return this.cluster.mirror
      .all('pods')
      .filter(
        (pod) =>
          pod.metadata.namespace === metadata.namespace &&
          pod.metadata.deletionTimestamp === undefined &&
          matches(selector, pod.metadata.labels ?? {}) &&
          isReady(pod),
      )
      .map((pod) => textAt(pod, 'status', 'hostIP') ?? '')
      .filter(Boolean)
      .sort();
  }
}
