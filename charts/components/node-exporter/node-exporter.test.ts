import { describe, expect, it } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { NodeExporter } from './node-exporter.ts';
import { nodeExporterSettings } from './settings.ts';

function render(settings: object = {}): Record<string, Manifest> {
  const component = new NodeExporter({ ...nodeExporterSettings.parse(settings), image: 'node-exporter:v1.12.1' });
  component.dns = [];
  return Object.fromEntries(manifestsOf(component).manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m]));
}

const podOf = (objects: Record<string, Manifest>): unknown =>
  at(objects['DaemonSet/node-exporter'], 'spec', 'template', 'spec');

const pod = podOf(render());
const container: unknown = at(pod, 'containers', 0);

describe('DaemonSet node-exporter', () => {
  it('is in no namespace of the node: no policy would hold there', () => {
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(at(pod, field)).toBeUndefined();
  });

  it('reads folders of the node, also of disks that are mounted later, and writes none', () => {
    const mounts = listAt(container, 'volumeMounts');
    expect(listAt(pod, 'volumes').map((volume) => textAt(volume, 'hostPath', 'path'))).toEqual(['/', '/proc', '/sys']);
    expect(mounts.map((mount) => textAt(mount, 'mountPath'))).toEqual(['/host/root', '/host/proc', '/host/sys']);
    for (const mount of mounts) expect(mount).toMatchObject({ readOnly: true, mountPropagation: 'HostToContainer' });
  });

  it('is told of each folder where it is mounted', () => {
    const mounts = listAt(container, 'volumeMounts').map((mount) => textAt(mount, 'mountPath') ?? '');
    const told = listAt(container, 'args').flatMap((arg) => /^--path\.\w+=(.+)$/.exec(String(arg))?.[1] ?? []);
    expect(told).toEqual(mounts);
  });

  it('tolerates every taint unless told otherwise', () => {
    const some = [{ key: 'dedicated', operator: 'Exists' }];
    expect(at(pod, 'tolerations')).toEqual([{ operator: 'Exists' }]);
    expect(at(podOf(render({ tolerations: some })), 'tolerations')).toEqual(some);
    expect(at(podOf(render({ tolerations: [] })), 'tolerations') ?? []).toEqual([]);
  });

  it('is not root, and has no capabilities', () => {
    expect(at(container, 'securityContext')).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
    expect(at(pod, 'securityContext')).toMatchObject({ runAsNonRoot: true, runAsUser: 65534 });
  });
});

describe('its collectors', () => {
  const args = listAt(container, 'args').map(String);

  it('are those that are named', () => {
    expect(args).toContain('--collector.disable-defaults');
    expect(args).toContain('--collector.pressure');
  });

  it('are none of the network, which would be that of the pod', () => {
    expect(args.filter((arg) => /^--collector\.(net|arp|conntrack|sockstat|tcp|udp)/.test(arg))).toEqual([]);
  });

  it.each([
    ['/', false],
    ['/data', false],
    ['/var/lib/kubelet', false],
    ['/var/lib/kubelet/pods/1/volumes/data', true],
    ['/proc/sys', true],
    ['/run/lock', true],
  ])('of file systems: %s is left out: %j', (mountPoint, left) => {
    const [, pattern = ''] = /--collector\.filesystem\.mount-points-exclude=(\S+)/.exec(args.join(' ')) ?? [];
    expect(new RegExp(pattern).test(mountPoint)).toBe(left);
  });
});
