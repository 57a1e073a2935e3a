import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Kit } from '../build.ts';
import type { Authority } from '../pki.ts';

const run = promisify(execFile);

/** Name of the image of a pod's sandbox. */
export const PAUSE_IMAGE = 'lab.invalid/pause:1';
/** Where the containerd of a node listens, in the node. */
export const SOCKET = '/run/containerd/containerd.sock';
/** Containerd's namespace of what the kubelet asks for. */
export const NAMESPACE = 'k8s.io';
/** Where images have the certificates of authorities that programs trust. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** What the containerd of a node is configured with. */
interface NodeContainerd {
  /** The node's folder, for its files. */
  readonly folder: string;
  readonly kit: Kit;
  /** URL of the registry that all images are pulled from. */
  readonly registry: string;
  /** Whose certificates containers trust. */
  readonly authority: Authority;
  /** IPv4 range of the addresses of the node's pods. */
  readonly pods: string;
}

/** Where the containerd of a node keeps its images. */
export function imagesFolder(folder: string): string {
  return join(folder, 'containerd');
}

/**
 * Writes the configuration of a node's containerd (version 3), of its registry, and of the network of the pods.
 *
 * @returns the file
 */
export async function nodeConfig({ folder, kit, registry, authority, pods }: NodeContainerd): Promise<string> {
  const network = writeNetwork(join(folder, 'cni'), pods);
  const container = await writeContainer(join(folder, 'container.json'), kit, authority);
  const file = join(folder, 'containerd.toml');
  writeFileSync(
    file,
    `version = 3
root = ${JSON.stringify(imagesFolder(folder))}
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.erofs", "io.containerd.differ.v1.erofs"]
[grpc]
address = ${JSON.stringify(SOCKET)}
[ttrpc]
address = "${SOCKET}.ttrpc"
[plugins.'io.containerd.cri.v1.images']
snapshotter = "overlayfs"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = ${JSON.stringify(PAUSE_IMAGE)}
[plugins.'io.containerd.cri.v1.images'.registry]
config_path = ${JSON.stringify(writeRegistry(join(folder, 'registries'), registry))}
[plugins.'io.containerd.cri.v1.runtime']
# A process may not lower its score without the right to.
restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = [${JSON.stringify(kit.folder)}]
conf_dir = ${JSON.stringify(network)}
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
base_runtime_spec = ${JSON.stringify(container)}
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
BinaryName = ${JSON.stringify(kit.program('runc'))}
SystemdCgroup = false
`,
  );
  return file;
}

/** Has containerd pull all images from one registry. @returns the folder, for `config_path` or `--hosts-dir` */
export function writeRegistry(folder: string, url: string): string {
  mkdirSync(join(folder, '_default'), { recursive: true });
  writeFileSync(
    join(folder, '_default', 'hosts.toml'),
    `server = "${url}"\n[host."${url}"]\ncapabilities = ["pull", "resolve"]\n`,
  );
  return folder;
}

/** @returns the folder */
function writeNetwork(folder: string, pods: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, '10-lab.conflist'),
    JSON.stringify({
      cniVersion: '1.0.0',
      name: 'lab',
      plugins: [
        {
          type: 'bridge',
          bridge: 'cni0',
          isGateway: true,
          ipMasq: false,
          hairpinMode: true,
          ipam: {
            type: 'host-local',
            dataDir: '/var/lib/cni',
            ranges: [[{ subnet: pods }]],
            routes: [{ dst: '0.0.0.0/0' }],
          },
        },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    }),
  );
  return folder;
}

/**
 * Containerd's own defaults of a container (OCI runtime specification) but for limits on open files, which are the node's, and
 * the lab's authority in place of those of the Internet: what the lab serves under names of the Internet has its
 * certificates.
 *
 * @returns the file
 */
async function writeContainer(file: string, kit: Kit, authority: Authority): Promise<string> {
  const { stdout } = await run(kit.program('ctr'), ['oci', 'spec']);
  const { process, ...defaults } = JSON.parse(stdout) as {
    readonly process: object;
    readonly mounts: readonly object[];
  };
  const options = ['rbind', 'ro', 'nosuid', 'nodev', 'noexec'];
  const trusted = { type: 'bind', source: authority.file, destination: CERTIFICATES, options };
  const spec = { ...defaults, process: { ...process, rlimits: undefined }, mounts: [...defaults.mounts, trusted] };
  writeFileSync(file, JSON.stringify(spec));
  return file;
}
