import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Repository } from '../../../charts/applications.ts';
import { loadCluster } from '../../../cli/load.ts';
import { initialised, servicesOf } from '../../forks/edits.ts';
import { Fork } from '../../forks/fork.ts';
import { importerOf, loadFleet } from '../../lib/load-fleet.ts';
import { kit } from '../build.ts';
import { Lab } from '../lab.ts';
import { deployment, say } from './rehearsal.ts';

const CLUSTERS = await loadFleet();
/** The first cluster of each cloud: a fork keeps that one alone. */
const FIRST = [...new Map(CLUSTERS.toReversed().map((cluster) => [cluster.cloud.kind, cluster])).values()];
const SECONDS = 480;

let fork: Fork | undefined;
let lab: Lab | undefined;
afterEach(async () => {
  await lab?.stop();
  fork?.delete();
  [lab, fork] = [undefined, undefined];
});

test.each(FIRST.map(({ name, cloud }) => [name, cloud.kind] as const))(
  'a fork of %s alone comes up, initialised',
  async (name, cloud) => {
    fork = Fork.ofRepository();
    // A laptop's with one service.
    initialised(fork, [name], cloud === 'kind' ? servicesOf(fork).slice(1) : []);
    const { folder } = fork;
    fork.commitAll();
    const { repository } = (await import(join(folder, 'clusters', 'fleet.ts'))) as { repository: Repository };
    lab = await Lab.create({
      folder: join(folder, '.lab'),
      kit: await kit({ say }),
      cluster: await loadCluster(folder, name, importerOf(folder)),
      repository,
      checkout: folder,
      say,
    });
    await lab.start();
    say(`all Synced and Healthy after ${(await lab.settled(SECONDS)).toFixed(0)} s`);
    const services = servicesOf(fork);
    expect(services.length).toBeGreaterThan(0);
    for (const service of services) expect(await lab.plane.api.get(deployment(service))).toBeDefined();
  },
  600_000,
);
