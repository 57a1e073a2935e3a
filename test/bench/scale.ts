/**
 * Renders N clusters, which are copies of the product tests' own with other names and domains, and prints the rendering
 * time in milliseconds and the peak memory.
 *
 *   node --import tsx test/bench/scale.ts N
 */
import { performance } from 'node:perf_hooks';
import { createCloud } from '../../charts/cloud/clouds.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { repository } from '../fleets/repository.ts';
import { loadTestFleet } from '../lib/load-fleet.ts';

const fleet = await loadTestFleet();
const count = Number(process.argv[2]);
const files = new Map<string, string>();

const start = performance.now();
for (let i = 0; i < count; i++) {
  const original = fleet[i % fleet.length]!;
  const name = `${original.name}-${i}`;
  const settings = { ...original.settings, domain: `c${i}.${original.settings.domain}` };
  const cloud = createCloud(settings.cloud, { name, domain: settings.domain }, original.facts);
  const cluster = { ...original, name, settings, cloud };
  for (const [path, text] of renderCluster(cluster, repository).files) files.set(`${name}/${path}`, text);
}
const ms = performance.now() - start;

// maxRSS is in KiB on every system that libuv knows.
console.log(JSON.stringify({ ms, mebibytes: Math.round(process.resourceUsage().maxRSS / 1024), files: files.size }));
