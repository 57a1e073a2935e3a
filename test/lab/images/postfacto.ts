import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accounts, core, fileOf, NONROOT, PATH, shell, writeTexts } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { NODE, node } from './node.ts';
import { npmPackage } from './sources.ts';

const FOLDER = 'postfacto';

/** Neither depends on other packages. */
const PACKAGES = { postgres: '3.4.9', ws: '8.23.0' };

/** A folder outside the volume on `/postfacto/tmp`. */
const PROGRAM = `${FOLDER}/lab/postfacto.mjs`;

const BUNDLE = `#!/bin/sh\nexec ${NODE} /${PROGRAM} "$@"\n`;

const program: Layer = {
  name: 'postfacto',
  key: () => [PACKAGES, BUNDLE, fileOf('postfacto.mjs')],
  async write(root, sources) {
    for (const [name, version] of Object.entries(PACKAGES))
      await npmPackage(name, version, join(root, FOLDER, 'lab/node_modules', name), sources);
    writeTexts(root, { [PROGRAM]: fileOf('postfacto.mjs'), 'usr/local/bin/bundle': BUNDLE });
    // Mount points: a file of a ConfigMap, and a folder.
    mkdirSync(join(root, FOLDER, 'client'), { recursive: true });
    writeFileSync(join(root, FOLDER, 'client/config.js'), '');
    mkdirSync(join(root, FOLDER, 'tmp'));
  },
};

/** A stand-in for Postfacto. */
export const postfacto: Image = {
  repository: 'postfacto/postfacto',
  origin: {
    played:
      'its commands db:migrate, admin:create_user and rails server, with tables in the real database. / is a page that ' +
      'touches neither database nor Redis, as upstream’s; /cable greets by WebSocket; /lab/dependencies, which upstream ' +
      'lacks, says what both answer. No retrospectives, no sign-in, no messages between clients',
    because: 'its image cannot be downloaded, and it is not in a package registry',
  },
  layers: [core, node, shell, accounts(NONROOT), program],
  config: {
    Cmd: ['bundle', 'exec', 'rails', 'server', '-b', '0.0.0.0', '-p', '3000'],
    Env: [`PATH=${PATH}`, 'RAILS_ENV=production', 'RAILS_SERVE_STATIC_FILES=true'],
    WorkingDir: `/${FOLDER}`,
  },
};
