import { execFile } from 'node:child_process';
import { cpSync, existsSync, linkSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, install, type Kit, pruneUnused, scratch } from '../build.ts';
import { digestOf } from '../images/image.ts';
import type { Blob, BuiltImage } from '../images/store.ts';
import type { Processes } from '../processes.ts';
import { NAMESPACE, writeRegistry } from './containerd.ts';

const run = promisify(execFile);

/** Where containerd has the archives of layers, below its root. */
const CONTENT = 'io.containerd.content.v1.content/blobs/sha256';
/** Its databases. All other files it adds and removes, and changes none. */
const DATABASES = [
  'io.containerd.metadata.v1.bolt/meta.db',
  'io.containerd.snapshotter.v1.overlayfs/metadata.db',
] as const;
const PREFIX = 'unpacked-';
/** Sets that have much in common share its files on the disk. */
const KEPT_DAYS = 7;
const PROGRAM = 'containerd-unpack';

/** What is needed to unpack images. */
export interface Unpacking {
  readonly kit: Kit;
  readonly processes: Processes;
  /** Folder that nodes will have their files in; hard links must lead there from the cache. */
  readonly nodes: string;
  /** URL of a registry that serves the images under any name that ends as they do. */
  readonly registry: string;
  readonly images: readonly BuiltImage[];
  /** Receives progress messages. */
  readonly say: (line: string) => void;
}

/**
 * Unpacks images as nodes do, once for each set of them, and keeps that in the cache: nodes that all start at the same
 * time are busy with it otherwise.
 *
 * @returns a folder, for `adopt`
 * @throws Error if images cannot be unpacked in the cache, or nodes cannot have links to what is there
 */
export async function unpack(unpacking: Unpacking): Promise<string> {
  const { kit, images, nodes, say } = unpacking;
  const { stdout: version } = await run(kit.program('containerd'), ['--version']);
  const cache = cacheFolder();
  if (statSync(nodes).dev !== statSync(cache).dev)
    throw new Error(`${cache} and ${nodes} are on different file systems`);
  const folder = join(cache, `${PREFIX}${digestOf([version, images.map(({ manifest }) => manifest.digest).sort()])}`);
  if (!existsSync(folder)) {
    say(`unpacking ${images.length} images, once for all nodes`);
    pruneUnused(cache, KEPT_DAYS, PREFIX);
    const staging = scratch(cache);
    try {
      const root = join(staging, 'root');
      // The new set lives on without the other.
      const other = newest(cache);
      if (other !== undefined) await adopt(other, root);
      await pull(unpacking, staging);
      for (const { blobs } of images) for (const blob of blobs) shareLayer(blob, root);
      // Another lab may have been faster: what is there is complete, and in use.
      install(root, folder, []);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/** The set of images that was used last. */
function newest(cache: string): string | undefined {
  const sets = readdirSync(cache).filter((name) => name.startsWith(PREFIX));
  const used = (name: string): number => statSync(join(cache, name)).mtimeMs;
  const [first] = sets.sort((a, b) => used(b) - used(a));
  return first && join(cache, first);
}

/** Pulls the images with a containerd of its own, whose root is `root` in the folder, and removes others from there. */
async function pull({ kit, processes, registry, images }: Unpacking, folder: string): Promise<void> {
  const socket = join(folder, 'socket');
  const config = join(folder, 'containerd.toml');
  writeFileSync(
    config,
    `version = 3
root = ${JSON.stringify(join(folder, 'root'))}
state = ${JSON.stringify(join(folder, 'state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]
[grpc]
address = ${JSON.stringify(socket)}
[ttrpc]
address = ${JSON.stringify(`${socket}.ttrpc`)}
`,
  );
  const ctr = async (...args: readonly string[]): Promise<string> =>
    (await run(kit.program('ctr'), ['--address', socket, '--namespace', NAMESPACE, ...args])).stdout;
  await processes.start(PROGRAM, { command: kit.program('containerd'), args: ['--config', config] });
  try {
    await processes.ready(PROGRAM, async () => (await ctr('version')) !== '');
    const before = (await ctr('images', 'list', '--quiet')).split('\n').filter(Boolean);
    const hosts = writeRegistry(join(folder, 'registries'), registry);
    // Names of the lab: nodes still pull images by the names that manifests have, and find all parts there.
    const names = images.map(
      ({ image, manifest }) => `lab.invalid/${image.repository}:${manifest.digest.slice(7, 19)}`,
    );
    for (const name of names.filter((one) => !before.includes(one)))
      await ctr('images', 'pull', '--hosts-dir', hosts, name);
    const others = before.filter((one) => !names.includes(one));
    if (others.length > 0) await ctr('images', 'remove', '--sync', ...others);
  } finally {
    await processes.end(PROGRAM);
  }
}

/** Keeps a layer's archive once on the disk: among the layers and in containerd. */
function shareLayer({ digest, content }: Blob, root: string): void {
  if (Buffer.isBuffer(content)) return;
  const file = join(root, CONTENT, digest.replace('sha256:', ''));
  rmSync(file, { force: true });
  linkSync(content.file, file);
}

/**
 * Gives a containerd that has not started yet the images of `unpack`: hard links to their files, since a node that maps the
 * users of a pod cannot follow symbolic ones, and databases of its own.
 */
export async function adopt(unpacked: string, root: string): Promise<void> {
  await run('cp', ['--archive', '--link', '--no-target-directory', unpacked, root]);
  for (const file of DATABASES) {
    rmSync(join(root, file));
    cpSync(join(unpacked, file), join(root, file));
  }
}
