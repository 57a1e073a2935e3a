/**
 * The stock way to use cdk8s, for comparison: the same components as charts of one App, with the App's own synth().
 * Started by the cdk8s CLI. A construct cannot move to another App, so each component's objects are taken over as
 * plain objects; the time that takes is printed, for the benchmark to leave out.
 */
import { performance } from 'node:perf_hooks';
import { ApiObject, App, Chart } from 'cdk8s';
import { compose } from '../../charts/cluster.ts';
import { manifestsOf } from '../../charts/render/manifests.ts';
import { loadFleet } from '../lib/load-fleet.ts';

const app = new App();
let takenOver = 0;
for (const cluster of await loadFleet()) {
  for (const component of compose(cluster)) {
    const start = performance.now();
    const { manifests } = manifestsOf(component);
    takenOver += performance.now() - start;
    const chart = new Chart(app, `${cluster.name}-${component.name}`);
    manifests.forEach(
      (manifest, i) => new ApiObject(chart, String(i), { ...manifest, metadata: { ...manifest.metadata } }),
    );
  }
}
app.synth();
process.stderr.write(`taken over in ${takenOver} ms\n`);
