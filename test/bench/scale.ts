/**
 * Renders N clusters, the repository's own over and over with other names and domains, and prints the milliseconds of
 * rendering alone and the most memory that was used.
 *
 *   node --import tsx test/bench/scale.ts N
 */
import { performance } from 'node:perf_hooks';
import { createCloud } from '../../charts/cloud/clouds.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { repository } from '../../clusters/fleet.ts';
import { loadFleet } from '../lib/load-fleet.ts';

const fleet = await loadFleet();
const count = Number(process.argv[2]);
const files = new Map<string, string>();

const start = performance.now();
for (let i = 0; i < count; i++) {
  const model = fleet[i % fleet.length]!;
  const name = `${model.name}-${i}`;
  const settings = { ...model.settings, domain: `c${i}.${model.settings.domain}` };
  const cloud = createCloud(settings.cloud, { name, domain: settings.domain }, model.facts);
  const cluster = { ...model, name, settings, cloud };
  for (const [path, text] of renderCluster(cluster, repository).files) files.set(`${name}/${path}`, text);
}
const ms = performance.now() - start;

// maxRSS is in KiB on every system that libuv knows.
console.log(JSON.stringify({ ms, mebibytes: Math.round(process.resourceUsage().maxRSS / 1024), files: files.size }));
