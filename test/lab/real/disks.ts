import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import type { Cluster, StandIn } from '../stand-ins/stand-in.ts';
import { amountOf } from '../../lib/quantity.ts';
import { makeVolume, type VolumeRequest } from '../volumes.ts';
import type { RealNode } from './node.ts';

/** Bytes: XFS refuses file systems of 300 MiB and less. */
const SMALLEST = 320 * 2 ** 20;

/**
 * Stands in for the cloud's provisioner of volumes: a disk is a file system of its own, of the size that was asked for,
 * on the node where its first pod is placed.
 */
export class Disks implements StandIn {
  private readonly cluster: Cluster;
  private readonly nodes: readonly RealNode[];

  constructor(cluster: Cluster, nodes: readonly RealNode[]) {
    this.cluster = cluster;
    this.nodes = nodes;
  }

  async reconcile(): Promise<void> {
    const { mirror } = this.cluster;
    for (const claim of mirror.all('claims')) {
      const volume = mirror.one('volumes', undefined, textAt(claim, 'spec', 'volumeName') ?? '');
      if (!volume) await makeVolume(this.cluster, claim, (request) => this.place(request));
      else await this.grow(claim, volume);
    }
    for (const volume of mirror.all('volumes')) await this.release(volume);
  }

  /** Makes a disk once the scheduler has chosen a node, as with `WaitForFirstConsumer`. */
  private async place({ name, claim, node: chosen }: VolumeRequest): Promise<object | undefined> {
    const node = this.nodes.find((one) => one.name === chosen);
    if (!node) return undefined;
    const { path, image } = placeOf(node, name);
    if (!existsSync(image)) {
      const size = Math.max(SMALLEST, amountOf(textAt(claim, 'spec', 'resources', 'requests', 'storage') ?? ''));
      mkdirSync(path, { recursive: true });
      await node.enter('truncate', `--size=${size}`, image);
      await node.enter('mkfs.xfs', '-q', image);
      await node.enter('mount', '-o', 'loop', image, path);
    }
    const isThere = { key: 'kubernetes.io/hostname', operator: 'In', values: [node.name] };
    return {
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [isThere] }] } },
    };
  }

  /** Grows file and file system under the running pod, as drivers do that expand volumes online. */
  private async grow(claim: Live, volume: Live): Promise<void> {
    const { api, mirror } = this.cluster;
    const wanted = textAt(claim, 'spec', 'resources', 'requests', 'storage') ?? '';
    const has = textAt(claim, 'status', 'capacity', 'storage');
    const node = this.nodeOf(volume);
    if (has === undefined || !node || amountOf(wanted) <= amountOf(has)) return;
    const { image, path } = placeOf(node, volume.metadata.name);
    await node.enter('truncate', `--size=${amountOf(wanted)}`, image);
    const device =
      (await node.enter('findmnt', '--noheadings', '--output', 'SOURCE', path)).trim().split('\n')[0] ?? '';
    await node.enter('losetup', '--set-capacity', device);
    // Unlike ext4, XFS needs no right to exceed limits for it, which a container on a machine may lack.
    await node.enter('xfs_growfs', path);
    await api.merge(mirror.path('volumes', volume), { spec: { capacity: { storage: wanted } } });
    await api.merge(`${mirror.path('claims', claim)}/status`, { status: { capacity: { storage: wanted } } });
  }

  /** Removes the disk of a claim that is gone, if its class says so. */
  private async release(volume: Live): Promise<void> {
    const node = this.nodeOf(volume);
    if (
      !node ||
      textAt(volume, 'status', 'phase') !== 'Released' ||
      textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') !== 'Delete'
    )
      return;
    const { path, image } = placeOf(node, volume.metadata.name);
    await node.enter('umount', path).catch(() => undefined);
    rmSync(image, { force: true });
    rmSync(path, { recursive: true, force: true });
    await this.cluster.api.call('DELETE', this.cluster.mirror.path('volumes', volume));
  }

  private nodeOf(volume: Live): RealNode | undefined {
    const path = textAt(volume, 'spec', 'local', 'path');
    return this.nodes.find(({ disks }) => path?.startsWith(`${disks}/`));
  }
}

function placeOf({ disks }: RealNode, volume: string): { readonly path: string; readonly image: string } {
  return { path: join(disks, volume), image: join(disks, `${volume}.img`) };
}
