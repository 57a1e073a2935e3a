import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../lab/build.ts';
import { digestOf } from '../lab/images/image.ts';
import { rehearse, shellCommand, shellKey, writeShell } from '../lab/images/mongo.ts';
import { withNode } from '../lab/images/node.ts';
import { inScratch } from '../lab/images/sources.ts';

/**
 * Path of a folder with a program `mongosh`, as it is in the lab's image: of npm's package, run by the Node of that image.
 * @throws Fault if it cannot be downloaded or made
 */
export async function findMongosh(): Promise<string> {
  const downloads = join(cacheFolder(), 'downloads');
  const folder = join(cacheFolder(), `mongosh-${digestOf(shellKey())}`);
  const program = join(folder, 'bin', 'mongosh');
  if (!existsSync(program))
    await inScratch(downloads, async (scratch) => {
      const root = join(scratch, 'root');
      const node = join(root, 'bin', 'node');
      await writeShell(root, { downloads });
      mkdirSync(join(root, 'bin'), { recursive: true });
      await withNode({ downloads }, (unpacked) => renameSync(unpacked, node));
      await rehearse(node, root);
      const command = shellCommand('"$at/bin/node"', '"$at"').join(' ');
      const wrapper = join(root, 'bin', 'mongosh');
      writeFileSync(wrapper, `#!/bin/sh\nat=$(dirname "$0")/..\nexec ${command} "$@"\n`);
      chmodSync(wrapper, 0o755);
      renameSync(root, folder);
    });
  return join(folder, 'bin');
}
