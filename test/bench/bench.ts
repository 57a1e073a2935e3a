/**
 * Benchmarks rendering, as ratios within one run: absolute times say little on a shared machine.
 *
 *   npm run bench [-- RUNS]     medians of RUNS runs each; default 7, at least 5
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const runs = Math.max(5, Number(process.argv[2] ?? 7));
const scratch = mkdtempSync(join(tmpdir(), 'slipway-bench-'));

try {
  report();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function report(): void {
  const cdk8s = join(root, 'node_modules', '.bin', 'cdk8s');
  const cold = median(() => slipway(freshFolder()));
  const sameGenerator = median(() => time(cdk8s, ['synth', '--output', freshFolder()]));
  const stock = median(() => {
    const result = run(cdk8s, ['synth', '--app', 'npx tsx test/bench/stock.ts', '--output', freshFolder()]);
    // Copying the objects from this generator is not part of stock cdk8s' cost.
    return result.seconds - Number(/copied in ([\d.]+) ms/.exec(result.stderr)?.[1] ?? Number.NaN) / 1000;
  });

  const dist = freshFolder();
  slipway(dist);
  const before = modified(dist);
  slipway(dist);
  const rewritten = modified(dist).filter((mtime, i) => mtime !== before[i]).length;

  for (const cluster of readdirSync(dist)) kustomization(join(dist, cluster));
  const kustomize = median(() =>
    readdirSync(dist).reduce((sum, cluster) => sum + time('kubectl', ['kustomize', join(dist, cluster)]), 0),
  );

  const four = scale(4);
  const hundred = scale(100);

  const line = (what: string, value: string, goal: string): void =>
    console.log(`${what.padEnd(64)} ${value.padStart(9)}   goal ${goal}`);
  console.log(`medians of ${runs} runs, Node ${process.versions.node}, ${before.length} files\n`);
  line('the whole fleet, cold', `${cold.toFixed(2)} s`, '< 1 s');
  line('the whole fleet, cold, against cdk8s synth with this generator', ratio(cold, sameGenerator), '<= 0.67');
  line('the whole fleet, cold, against stock cdk8s (one App, cdk8s CLI)', ratio(cold, stock), '<= 0.33');
  line('files written when nothing changed', String(rewritten), '0');
  line('render of 100 clusters against 25 times the render of 4', ratio(hundred.ms, 25 * four.ms), '<= 1.20');
  line('memory for 100 clusters', `${hundred.mebibytes} MiB`, '< 400 MB');
  line('the whole fleet, cold, against kubectl kustomize reading it', ratio(cold, kustomize), '< 1');
}

function slipway(outdir: string): number {
  return time(process.execPath, ['cli/slipway.mjs', 'synth'], { CDK8S_OUTDIR: outdir });
}

function scale(clusters: number): { readonly ms: number; readonly mebibytes: number } {
  const results = Array.from({ length: clusters > 50 ? 5 : runs }, () => {
    const { stdout } = run(process.execPath, ['--import', 'tsx', 'test/bench/scale.ts', String(clusters)]);
    return JSON.parse(stdout) as { ms: number; mebibytes: number };
  });
  return { ms: middle(results.map((r) => r.ms)), mebibytes: Math.max(...results.map((r) => r.mebibytes)) };
}

function time(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): number {
  return run(command, args, env).seconds;
}

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { seconds: number; stdout: string; stderr: string } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}:\n${stderr}${stdout}`);
  return { seconds: (performance.now() - start) / 1000, stdout, stderr };
}

function median(measure: () => number): number {
  measure(); // Warms the file cache.
  return middle(Array.from({ length: runs }, measure));
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

function freshFolder(): string {
  return mkdtempSync(join(scratch, 'dist-'));
}

function modified(folder: string): number[] {
  return filesOf(folder).map((file) => statSync(file).mtimeMs);
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
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
