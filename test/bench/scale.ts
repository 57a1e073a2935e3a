/**
 * Renders N clusters, those of the tests over and over with other names and domains, and prints the milliseconds of
 * rendering alone and the most memory that was used.
 *
 *   node --import tsx test/bench/scale.ts N
 */
import { performance } from 'node:perf_hooks';
import { cloudOf } from '../../charts/cluster-file.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { repository } from '../fleets/repository.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';

const fleet = await loadTestFleet();
const count = Number(process.argv[2]);
const files = new Map<string, string>();

const start = performance.now();
for (let i = 0; i < count; i++) {
  const model = fleet[i % fleet.length]!;
  const name = `${model.name}-${i}`;
  const settings = { ...model.settings, domain: `c${i}.${model.settings.domain}` };
  const cluster = { ...model, name, settings, cloud: cloudOf(name, settings, model.facts) };
  for (const [path, text] of renderCluster(cluster, repository).files) files.set(`${name}/${path}`, text);
}
const ms = performance.now() - start;

// maxRSS is in KiB on every system that libuv knows.
console.log(JSON.stringify({ ms, mebibytes: Math.round(process.resourceUsage().maxRSS / 1024), files: files.size }));
