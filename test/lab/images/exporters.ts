import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accounts, core, NONROOT } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { debianPackages } from './sources.ts';

/** A layer with the one program of a Debian package, which needs no library but C's. @param path in the image */
function packaged(name: string, path: string): Layer {
  return {
    name,
    key: () => [name, path],
    async write(root, sources) {
      const unpacked = join(root, 'unpacked');
      await debianPackages([name], unpacked, sources);
      mkdirSync(dirname(join(root, path)), { recursive: true });
      renameSync(join(unpacked, 'usr/bin', name), join(root, path));
      rmSync(unpacked, { recursive: true });
    },
  };
}

/** Why neither is of the pinned version. */
const because = 'its Go module is not served, and package registries have no newer binary';

/** The exporter beside PostgreSQL. */
export const postgresExporter: Image = {
  repository: 'prometheuscommunity/postgres-exporter',
  origin: { otherVersion: '0.11.1, which knows PostgreSQL up to 15: some of its queries fail on 17', because },
  layers: [core, accounts(NONROOT), packaged('prometheus-postgres-exporter', '/usr/bin/postgres_exporter')],
  config: { Entrypoint: ['/bin/postgres_exporter'], User: '65534:65534' },
};

/** The exporter beside Valkey. */
export const valkeyExporter: Image = {
  repository: 'oliver006/redis_exporter',
  origin: { otherVersion: '1.45.0', because },
  layers: [core, accounts(NONROOT), packaged('prometheus-redis-exporter', '/redis_exporter')],
  config: { Entrypoint: ['/redis_exporter'], User: '59000:59000' },
};
