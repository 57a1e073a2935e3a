import { join } from 'node:path';
import { alternate, type Bench, type Ended, line, middle, root, run } from '../measure.ts';
import { largeFleet } from './large-fleet.ts';
import { type File, ownFiles, writeRepository } from './repository.ts';

const CLUSTERS = 100;
const OBJECTS = 1000;
const LARGE = `${CLUSTERS} clusters × ${OBJECTS} objects`;

/** Pull requests: branches, with the goals. */
const SUBJECTS = [
  { name: "today's fleet, one image changed", base: 'today', head: 'image', seconds: 1 },
  { name: `${LARGE}, one file of each cluster changed`, base: 'large', head: 'one', seconds: 1 },
  { name: `${LARGE}, every object changed`, base: 'large', head: 'all', seconds: 10, mebibytes: 500 },
] as const;

/** Measures `slipway plan` as a whole process, on today's fleet and on a large one. */
export function reportPlan(bench: Bench): void {
  const repository = join(bench.scratch, 'plan.git');
  const today = ownFiles();
  const large = [...largeFleet(today, CLUSTERS, OBJECTS)];
  const deployment = /^dist\/[^/]+\/restaurants\/Deployment\./;
  writeRepository(repository, [
    { name: 'today', files: today },
    { name: 'image', on: 'today', files: edited([...today], /^dist\/[^/]+\/restaurants\//, otherImage) },
    { name: 'large', files: large },
    { name: 'one', on: 'large', files: edited(large, deployment, otherImage) },
    { name: 'all', on: 'large', files: edited(large, /^dist\/.*\.yaml$/, annotated) },
  ]);
  const runs = SUBJECTS.map((subject) => [subject.name, () => planned(repository, subject)] as const);
  const results = alternate(bench, new Map(runs));

  console.log('slipway plan\n');
  for (const { name, seconds, ...goal } of SUBJECTS) {
    const values = results.get(name) ?? [];
    const middleOf = (of: 'seconds' | 'cpuSeconds'): string => `${middle(values.map((one) => one[of])).toFixed(2)} s`;
    const memory = Math.max(...values.map(({ mebibytes }) => mebibytes));
    line(name, middleOf('seconds'), `< ${seconds} s`);
    line('  in processor time, with that of Git', middleOf('cpuSeconds'));
    line('  peak memory', `${memory} MiB`, 'mebibytes' in goal ? `< ${goal.mebibytes} MiB` : '');
  }
}

interface Planned extends Ended {
  readonly mebibytes: number;
}

/** Says its peak memory when it ends, in KiB on every system that libuv knows. */
const MEASURED = "process.on('exit', () => console.error('KiB ' + process.resourceUsage().maxRSS))";

function planned(repository: string, { base, head }: (typeof SUBJECTS)[number]): Planned {
  const memory = `data:text/javascript,${encodeURIComponent(MEASURED)}`;
  const args = ['--import', memory, 'cli/slipway.mjs', 'plan', '--base', base, '--head', head, '--json'];
  // Both trees are read from the repository that Git is told of, whatever the folder is.
  const ended = run(process.execPath, args, { env: { GIT_DIR: repository }, cwd: root });
  return { ...ended, mebibytes: Math.round(Number(/KiB (\d+)/.exec(ended.stderr)?.[1]) / 1024) };
}

function edited(files: readonly File[], which: RegExp, edit: (text: string) => string): File[] {
  return files.flatMap(([path, text]): File[] => (which.test(path) ? [[path, edit(text)]] : []));
}

function otherImage(text: string): string {
  return text.replaceAll(
    /^( *image: .*:\d+\.\d+\.)(\d+)/gm,
    (_, start: string, patch) => `${start}${Number(patch) + 1}`,
  );
}

function annotated(text: string): string {
  const annotation = "    slipway.dev/bench: '1'\n";
  return /^ {2}annotations:\n/m.test(text)
    ? text.replace(/^ {2}annotations:\n/m, `$&${annotation}`)
    : text.replace(/^metadata:\n/m, `$&  annotations:\n${annotation}`);
}
