import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import type { Provision } from '../clouds.ts';
import type { Cluster, StandIn } from './stand-in.ts';

/** Stands in for the cloud's volume provisioner and load balancer controller. */
export class CloudStandIn implements StandIn {
  private readonly cluster: Cluster;
  private readonly provision: Provision;

  constructor(cluster: Cluster, provision: Provision) {
    this.cluster = cluster;
    this.provision = provision;
  }

  async reconcile(): Promise<void> {
    for (const claim of this.cluster.mirror.all('claims')) await this.disk(claim);
    for (const service of this.cluster.mirror.all('services')) await this.balance(service);
  }

  /** Creates a volume, as a CSI provisioner does once the scheduler has annotated the claim with a node. */
  private async disk(claim: Live): Promise<void> {
    const { api, mirror } = this.cluster;
    const storageClassName = textAt(claim, 'spec', 'storageClassName');
    const storageClass = mirror.one('storageClasses', undefined, storageClassName ?? '');
    const node = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'];
    const name = `pvc-${claim.metadata.uid}`;
    const waits = textAt(storageClass, 'volumeBindingMode') === 'WaitForFirstConsumer' && node === undefined;
    if (
      !storageClass ||
      waits ||
      at(claim, 'spec', 'volumeName') !== undefined ||
      mirror.one('volumes', undefined, name)
    )
      return;
    const { namespace, uid, resourceVersion } = claim.metadata;
    await api.apply(
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: {
          name,
          annotations: { 'pv.kubernetes.io/provisioned-by': textAt(storageClass, 'provisioner') ?? '' },
        },
        spec: {
          storageClassName,
          capacity: at(claim, 'spec', 'resources', 'requests'),
          accessModes: at(claim, 'spec', 'accessModes'),
          volumeMode: at(claim, 'spec', 'volumeMode'),
          persistentVolumeReclaimPolicy: textAt(storageClass, 'reclaimPolicy'),
          claimRef: {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            namespace,
            name: claim.metadata.name,
            uid,
            resourceVersion,
          },
          ...volumeOf(textAt(storageClass, 'provisioner') ?? '', name),
        },
      },
      { manager: 'lab-cloud' },
    );
  }

  private async balance(service: Live): Promise<void> {
    const address = this.provision.loadBalancer;
    if (
      textAt(service, 'spec', 'type') !== 'LoadBalancer' ||
      !address ||
      listAt(service, 'status', 'loadBalancer', 'ingress').length > 0
    )
      return;
    await this.cluster.api.merge(`${this.cluster.mirror.path('services', service)}/status`, {
      status: { loadBalancer: { ingress: [address] } },
    });
  }
}

/** Volume source: a host path for kind's provisioner, else a CSI driver of the provisioner's name. */
function volumeOf(provisioner: string, name: string): Readonly<Record<string, unknown>> {
  if (provisioner === 'rancher.io/local-path')
    return { hostPath: { path: `/var/local-path-provisioner/${name}`, type: 'DirectoryOrCreate' } };
  return { csi: { driver: provisioner, volumeHandle: name } };
}
