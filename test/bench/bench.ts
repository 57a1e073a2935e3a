/**
 * Benchmarks rendering and the plan, as ratios within one run: absolute times say little on a shared machine.
 *
 *   npm run bench -- [RUNS [PART]] [--kube-prometheus FOLDER]
 *
 *   RUNS     medians of RUNS runs each; default 7, at least 5
 *   PART     one part alone: fleet, monitoring or plan
 *   FOLDER   kube-prometheus with its vendor folder, to compare monitoring with
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault, suggest } from '../../charts/fault.ts';
import { reportFleet } from './fleet.ts';
import type { Bench } from './measure.ts';
import { reportMonitoring } from './monitoring/monitoring.ts';
import { reportPlan } from './plan/plan.ts';

const { values, positionals } = parseArgs({
  options: { 'kube-prometheus': { type: 'string' } },
  allowPositionals: true,
});
const part = positionals.find((word) => !/^\d+$/.test(word));
const runs = Math.max(5, Number(positionals.find((word) => word !== part) ?? 7));

const PARTS: Readonly<Record<string, (bench: Bench) => unknown>> = {
  fleet: reportFleet,
  monitoring: (bench) => reportMonitoring(bench, values['kube-prometheus']),
  plan: reportPlan,
};

const scratch = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
try {
  if (part !== undefined && !Object.hasOwn(PARTS, part))
    throw new Fault({
      what: 'the benchmark has no such part',
      where: 'the command line',
      seen: part,
      fix: suggest(part, Object.keys(PARTS)),
    });
  console.log(`medians of ${runs} runs, Node ${process.versions.node}\n`);
  for (const [name, report] of Object.entries(PARTS))
    if (part === undefined || part === name) await report({ runs, scratch });
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
