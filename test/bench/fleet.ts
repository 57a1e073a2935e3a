import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, filesOf, freshFolder, line, median, middle, ratio, root, run, slipway } from './measure.ts';

/** Compares rendering the whole fleet with other generators, and with itself for other sizes. */
export function reportFleet(bench: Bench): void {
  const cdk8s = join(root, 'node_modules', '.bin', 'cdk8s');
  const cold = median(bench, () => slipway(freshFolder(bench)).seconds);
  const sameGenerator = median(bench, () => run(cdk8s, ['synth', '--output', freshFolder(bench)]).seconds);
  const stock = median(bench, () => {
    const result = run(cdk8s, ['synth', '--app', 'npx tsx test/bench/stock.ts', '--output', freshFolder(bench)]);
    // Copying the objects from this generator is not part of stock cdk8s' cost.
    return result.seconds - Number(/copied in ([\d.]+) ms/.exec(result.stderr)?.[1] ?? Number.NaN) / 1000;
  });

  const dist = freshFolder(bench);
  slipway(dist);
  const before = modified(dist);
  slipway(dist);
  const rewritten = modified(dist).filter((mtime, i) => mtime !== before[i]).length;

  for (const cluster of readdirSync(dist)) kustomization(join(dist, cluster));
  const kustomize = median(bench, () =>
    readdirSync(dist).reduce((sum, cluster) => sum + run('kubectl', ['kustomize', join(dist, cluster)]).seconds, 0),
  );

  const four = scale(bench, 4);
  const hundred = scale(bench, 100);

  console.log(`the fleet: ${before.length} files\n`);
  line('the whole fleet, cold', `${cold.toFixed(2)} s`, '< 1 s');
  line('the whole fleet, cold, against cdk8s synth with this generator', ratio(cold, sameGenerator), '<= 0.67');
  line('the whole fleet, cold, against stock cdk8s (one App, cdk8s CLI)', ratio(cold, stock), '<= 0.33');
  line('files written when nothing changed', String(rewritten), '0');
  line('render of 100 clusters against 25 times the render of 4', ratio(hundred.ms, 25 * four.ms), '<= 1.20');
  line('memory for 100 clusters', `${hundred.mebibytes} MiB`, '< 400 MB');
  line('the whole fleet, cold, against kubectl kustomize reading it', ratio(cold, kustomize), '< 1');
}

function scale({ runs }: Bench, clusters: number): { readonly ms: number; readonly mebibytes: number } {
  const results = Array.from({ length: clusters > 50 ? 5 : runs }, () => {
    const { stdout } = run(process.execPath, ['--import', 'tsx', 'test/bench/scale.ts', String(clusters)]);
    return JSON.parse(stdout) as { ms: number; mebibytes: number };
  });
  return { ms: middle(results.map((r) => r.ms)), mebibytes: Math.max(...results.map((r) => r.mebibytes)) };
}

function modified(folder: string): number[] {
  return filesOf(folder).map((file) => statSync(file).mtimeMs);
}

/** Adds a kustomization with every manifest of a cluster, as a Kustomize-based repository would have. */
function kustomization(cluster: string): void {
  const resources = filesOf(cluster)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => `  - ${file.slice(cluster.length + 1)}`);
  writeFileSync(
    join(cluster, 'kustomization.yaml'),
    `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${resources.join('\n')}\n`,
  );
}
