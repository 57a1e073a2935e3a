/**
 * Stock cdk8s for comparison: the same components as charts of one App, with the App's own synth(), run by the cdk8s
 * CLI. A construct cannot move to another App, so each component's objects are copied as plain objects; the time for
 * that is printed, so that the benchmark can subtract it.
 */
import { performance } from 'node:perf_hooks';
import { ApiObject, App, Chart } from 'cdk8s';
import { compose } from '../../charts/cluster.ts';
import { repository } from '../../clusters/fleet.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { loadFleet } from '../lib/load-fleet.ts';

const app = new App();
let copying = 0;
for (const cluster of await loadFleet()) {
  for (const component of compose(cluster, repository)) {
    const start = performance.now();
    const { manifests } = manifestsOf(component);
    copying += performance.now() - start;
    const chart = new Chart(app, `${cluster.name}-${component.name}`);
    manifests.forEach(
      (manifest, i) => new ApiObject(chart, String(i), { ...manifest, metadata: { ...manifest.metadata } }),
    );
  }
}
app.synth();
process.stderr.write(`copied in ${copying} ms\n`);
