import { copyFileSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Program } from '../programs.ts';
import type { Layer } from './image.ts';

/** A layer with one of the lab's programs, which need no libraries. @param path in the image, absolute */
export function programLayer(program: Program, path: string): Layer {
  return {
    name: program,
    // The real path has the key of everything that the program was built from.
    key: ({ kit }) => [realpathSync(kit.program(program)), path],
    write: (root, { kit }) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      copyFileSync(kit.program(program), join(root, path));
    },
  };
}
