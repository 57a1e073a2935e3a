import { at, textAt } from '../../charts/lib/manifest.ts';
import type { Live } from './api.ts';
import type { Cluster } from './stand-ins/stand-in.ts';

/** A claim for which a volume is to be made. */
export interface VolumeRequest {
  /** Name of the volume. */
  readonly name: string;
  readonly claim: Live;
  readonly storageClass: Live;
  /** The node that the scheduler has chosen for the first pod of the claim. */
  readonly node: string | undefined;
}

/**
 * Makes the volume of a claim, as a CSI provisioner does: if the class exists, and the claim names no volume and has none
 * made for it yet.
 *
 * @param place allocates the storage and returns the fields of the volume's spec that locate it; undefined if it is too
 *   early
 */
export async function makeVolume(
  { api, mirror }: Cluster,
  claim: Live,
  place: (request: VolumeRequest) => object | undefined | Promise<object | undefined>,
): Promise<void> {
  const { namespace, uid, resourceVersion, annotations } = claim.metadata;
  const storageClassName = textAt(claim, 'spec', 'storageClassName');
  const storageClass = mirror.one('storageClasses', undefined, storageClassName ?? '');
  const name = `pvc-${uid}`;
  if (!storageClass || textAt(claim, 'spec', 'volumeName') !== undefined || mirror.one('volumes', undefined, name))
    return;
  const node = annotations?.['volume.kubernetes.io/selected-node'];
  const placed = await place({ name, claim, storageClass, node });
  if (!placed) return;
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
        ...placed,
      },
    },
    { manager: 'lab-cloud' },
  );
}
