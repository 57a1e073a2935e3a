import { accounts, core, fileOf, NONROOT, PATH, shell, writableByAll, writeTexts } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { NODE, node } from './node.ts';
import { npmPackage } from './sources.ts';
import { join } from 'node:path';

/** Clients without dependencies of their own. */
const PACKAGES = { postgres: '3.4.9', ws: '8.23.0' };

const HOME = 'usr/lib/postfacto';

const files = (): Readonly<Record<string, string>> => ({
  [`${HOME}/lab/postfacto.mjs`]: fileOf('postfacto.mjs'),
  'usr/local/bin/bundle': `#!/bin/sh\nexec ${NODE} /${HOME}/lab/postfacto.mjs "$@"\n`,
  'postfacto/client/config.js': '',
});

const application: Layer = {
  name: 'postfacto',
  key: () => [PACKAGES, files()],
  async write(root, sources) {
    for (const [name, version] of Object.entries(PACKAGES))
      await npmPackage(name, version, join(root, HOME, 'node_modules', name), sources);
    writeTexts(root, files());
    writableByAll(join(root, 'postfacto/tmp'));
  },
};

/** A stand-in of Postfacto. */
export const postfacto: Image = {
  repository: 'postfacto/postfacto',
  origin: {
    played: 'the commands of its manifests and a page, a WebSocket and some rows on the real databases',
    because: 'no package registry has Postfacto',
  },
  layers: [core, shell, node, accounts(NONROOT), application],
  config: { Env: [`PATH=${PATH}`], WorkingDir: '/postfacto' },
};
