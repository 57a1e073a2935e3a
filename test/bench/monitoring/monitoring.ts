import { loadFleet } from '../../lib/load-fleet.ts';
import { alternate, type Bench, type Ended, line, middle, middleOf, run } from '../measure.ts';
import { type Content, describe, difference } from './content.ts';
import { HOW_TO_GET, KubePrometheus } from './kube-prometheus.ts';
import {
  ALONE,
  contentBy,
  FLEET,
  MONITORED,
  otherSubjects,
  ownSubjects,
  REBUILT,
  rendered,
  UNMONITORED,
} from './subjects.ts';
import { variantsOf } from './variants.ts';

type Times = ReadonlyMap<string, readonly Pick<Ended, 'seconds' | 'cpuSeconds'>[]>;

/** What is compared with each way to build kube-prometheus. */
const COMPARED = [ALONE, REBUILT, MONITORED, FLEET];

/** Says what monitoring costs on one cluster, and compares it with kube-prometheus, whose folder may be given. */
export async function reportMonitoring(bench: Bench, folder?: string): Promise<void> {
  const kubePrometheus = folder === undefined ? undefined : new KubePrometheus(bench, folder);
  const cluster = (await loadFleet()).find(({ settings }) => settings.prometheus)?.name;
  if (cluster === undefined) return console.log('skipped monitoring: no cluster has the section "prometheus"');
  const own = ownSubjects(cluster, await variantsOf(bench, cluster));
  if (!kubePrometheus) console.log(`skipped kube-prometheus: ${HOW_TO_GET}`);
  const others = kubePrometheus ? otherSubjects(kubePrometheus) : [];

  const subjects = [...own, ...others];
  // This warms the file cache, too.
  const contents = new Map(subjects.map((subject) => [subject.name, contentBy(bench, subject)]));
  const times = alternate(bench, new Map(subjects.map((subject) => [subject.name, () => rendered(bench, subject)])));

  console.log(`monitoring: the cluster ${cluster}${kubePrometheus ? `, ${kubePrometheus.title}` : ''}\n`);
  for (const [name, values] of times) {
    line(name, seconds(middle(values.map((one) => one.seconds))), name === FLEET ? '< 1 s' : '');
    const cpu = seconds(middle(values.map((one) => one.cpuSeconds)));
    console.log(`  ${cpu} of processor time; ${describe(contents.get(name)!)}`);
  }
  reportBeside(bench, cluster, times, contents);
  for (const other of others) for (const name of COMPARED) reportRatio(name, other.name, times);
}

/** What monitoring costs beside the rest of its cluster: on the first one of a process, and on each further one. */
function reportBeside(bench: Bench, cluster: string, times: Times, contents: ReadonlyMap<string, Content>): void {
  const [a, b] = [times.get(MONITORED)!, times.get(UNMONITORED)!];
  line(
    'monitoring beside the rest of the cluster',
    seconds(middleOf(a, b, (x, y) => x.seconds - y.seconds)),
    '<= 0.1 s',
  );
  console.log(`  ${describe(difference(contents.get(MONITORED)!, contents.get(UNMONITORED)!))}`);
  line('the same in processor time', seconds(middleOf(a, b, (x, y) => x.cpuSeconds - y.cpuSeconds)), '<= 0.1 s');
  const args = ['--import', 'tsx', 'test/bench/monitoring/beside.ts', cluster, String(bench.runs * 3)];
  const warm = Number(run(process.execPath, args).stdout) / 1000;
  line('the same in processor time, on a further cluster of the process', seconds(warm), '<= 0.1 s');
}

function reportRatio(name: string, other: string, times: Times): void {
  const ratioOf = (of: 'seconds' | 'cpuSeconds'): string =>
    middleOf(times.get(name)!, times.get(other)!, (a, b) => a[of] / b[of]).toFixed(2);
  const goal = name === ALONE && other.startsWith('go-jsonnet') ? '< 1' : '';
  line(`${name}, against ${other}`, ratioOf('seconds'), goal);
  line('  in processor time', ratioOf('cpuSeconds'), goal);
}

function seconds(value: number): string {
  return `${value.toFixed(value < 0.1 ? 3 : 2)} s`;
}
