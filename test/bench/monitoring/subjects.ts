import { rmSync } from 'node:fs';
import { type Bench, type Ended, filesOf, freshFolder, root, run, slipway } from '../measure.ts';
import { type Content, contentOf } from './content.ts';
import type { KubePrometheus } from './kube-prometheus.ts';
import { findProgram, type Program, type ProgramName } from './programs.ts';
import type { Variants } from './variants.ts';

/** One way to render, from nothing to files in an empty folder, in processes of its own. */
export interface Subject {
  readonly name: string;
  /** @returns the time, and the folder to look for what was rendered */
  readonly render: (outdir: string) => { readonly ended: Pick<Ended, 'seconds' | 'cpuSeconds'>; readonly to: string };
  /** Which files are manifests. */
  readonly isManifest: (file: string) => boolean;
}

export const MONITORED = 'the cluster';
export const UNMONITORED = 'the cluster without monitoring';
export const ALONE = 'monitoring alone';
export const REBUILT = 'monitoring alone, dashboards built anew';
export const FLEET = 'the whole fleet';

/** Slipway's ways. */
export function ownSubjects(cluster: string, { monitored, unmonitored, monitoring }: Variants): Subject[] {
  const subject = (name: string, folder: string, clusters: readonly string[], rebuild = false): Subject => ({
    name,
    render: (outdir) => {
      const dashboards = rebuild ? [buildDashboards(folder)] : [];
      return { ended: total([...dashboards, slipway(outdir, folder, clusters)]), to: outdir };
    },
    isManifest: (file) => file.endsWith('.yaml'),
  });
  return [
    subject(MONITORED, monitored, [cluster]),
    subject(UNMONITORED, unmonitored, [cluster]),
    subject(ALONE, monitoring, [cluster]),
    subject(REBUILT, monitoring, [cluster], true),
    subject(FLEET, root, []),
  ];
}

/** Builds the JSON of dashboards, which rendering reads. */
function buildDashboards(folder: string): Ended {
  return run(process.execPath, ['--import', 'tsx', 'charts/dashboards/generate.ts'], { cwd: folder });
}

function total(ended: readonly Ended[]): Pick<Ended, 'seconds' | 'cpuSeconds'> {
  return {
    seconds: ended.reduce((sum, { seconds }) => sum + seconds, 0),
    cpuSeconds: ended.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  };
}

/** The ways to build kube-prometheus with the programs that are there; says which are not. */
export function otherSubjects(kubePrometheus: KubePrometheus): Subject[] {
  const [goJsonnet, jrsonnet, gojsontoyaml] = (['go-jsonnet', 'jrsonnet', 'gojsontoyaml'] as const).map(programOrSkip);
  const isManifest = (): boolean => true;
  const evaluated = (program: Program | undefined): Subject[] =>
    (program ? [true, false] : []).map((definitions) => ({
      name: `${program!.title}${definitions ? '' : ' without definitions'}`,
      render: (outdir) => ({ ended: kubePrometheus.evaluate(program!, outdir, { definitions }), to: outdir }),
      isManifest,
    }));
  const toYaml: Subject[] =
    goJsonnet && gojsontoyaml
      ? [
          {
            name: `${goJsonnet.title} and ${gojsontoyaml.title} by build.sh`,
            render: () => ({ ended: kubePrometheus.build(goJsonnet, gojsontoyaml), to: kubePrometheus.manifests }),
            isManifest,
          },
        ]
      : [];
  return [...evaluated(goJsonnet), ...toYaml, ...evaluated(jrsonnet)];
}

function programOrSkip(name: ProgramName): Program | undefined {
  const found = findProgram(name);
  if (!('missing' in found)) return found;
  console.log(`skipped ${name}: ${found.missing}`);
  return undefined;
}

/** Renders once into a fresh folder, which is removed. */
export function rendered(bench: Bench, { render }: Subject): ReturnType<Subject['render']>['ended'] {
  return inFreshFolder(bench, (outdir) => render(outdir).ended);
}

/** What a way renders. */
export function contentBy(bench: Bench, { render, isManifest }: Subject): Content {
  return inFreshFolder(bench, (outdir) => contentOf(filesOf(render(outdir).to).filter(isManifest)));
}

function inFreshFolder<T>(bench: Bench, work: (outdir: string) => T): T {
  const outdir = freshFolder(bench);
  try {
    return work(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
