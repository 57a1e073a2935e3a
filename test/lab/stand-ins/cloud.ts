import { listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import type { Provision } from '../clouds.ts';
import { makeVolume, type VolumeRequest } from '../volumes.ts';
import type { Cluster, StandIn } from './stand-in.ts';

/** Stands in for the cloud's volume provisioner and load balancer controller. */
export class CloudStandIn implements StandIn {
  private readonly cluster: Cluster;
  private readonly provision: Pick<Provision, 'loadBalancer'>;

  constructor(cluster: Cluster, provision: Pick<Provision, 'loadBalancer'>) {
    this.cluster = cluster;
    this.provision = provision;
  }

  async reconcile(): Promise<void> {
    for (const claim of this.cluster.mirror.all('claims')) await makeVolume(this.cluster, claim, placeOf);
    for (const service of this.cluster.mirror.all('services')) await balance(this.cluster, service, this.provision);
  }
}

/** Gives a Service of type LoadBalancer an address, as the cloud's controller does, unless it has one. */
export async function balance(
  { api, mirror }: Cluster,
  service: Live,
  { loadBalancer }: Pick<Provision, 'loadBalancer'>,
): Promise<void> {
  if (
    textAt(service, 'spec', 'type') !== 'LoadBalancer' ||
    !loadBalancer ||
    listAt(service, 'status', 'loadBalancer', 'ingress').length > 0
  )
    return;
  await api.merge(`${mirror.path('services', service)}/status`, {
    status: { loadBalancer: { ingress: [loadBalancer] } },
  });
}

/** A host path for kind's provisioner, else a disk of the CSI driver of the provisioner's name. */
function placeOf({ name, storageClass, node }: VolumeRequest): object | undefined {
  if (textAt(storageClass, 'volumeBindingMode') === 'WaitForFirstConsumer' && node === undefined) return undefined;
  const provisioner = textAt(storageClass, 'provisioner');
  if (provisioner === 'rancher.io/local-path')
    return { hostPath: { path: `/var/local-path-provisioner/${name}`, type: 'DirectoryOrCreate' } };
  return { csi: { driver: provisioner, volumeHandle: name } };
}
