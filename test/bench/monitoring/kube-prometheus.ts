import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { Fault } from '../../../charts/fault.ts';
import { type Bench, type Ended, run } from '../measure.ts';
import type { Program } from './programs.ts';

/** How to make the folder that the benchmark takes, in one sentence. */
export const HOW_TO_GET =
  'run `git clone https://github.com/prometheus-operator/kube-prometheus && cd kube-prometheus && jb install`, then `npm run bench -- --kube-prometheus FOLDER`';

const EXAMPLE = 'example.jsonnet';
/** What its own manifests are built from: the same objects under other names, with the kustomization that its build expects. */
const OF_ITS_MANIFESTS = join('examples', 'kustomize.jsonnet');
const WITHOUT_DEFINITIONS = 'without-definitions.jsonnet';
/** What a build writes or prefers to PATH; the folder is the user's, and stays as it is. */
const NOT_LINKED = new Set(['.git', 'manifests', 'kustomization.yaml', 'tmp', WITHOUT_DEFINITIONS]);

/** kube-prometheus, with the values of its own example. */
export class KubePrometheus {
  readonly title: string;
  private readonly folder: string;
  private readonly scratch: string;

  /** @throws Fault if the folder is not kube-prometheus with its libraries */
  constructor({ scratch }: Bench, given: string) {
    const from = resolve(given);
    for (const part of [EXAMPLE, OF_ITS_MANIFESTS, 'build.sh', join('vendor', 'kube-prometheus')])
      if (!existsSync(join(from, part)))
        throw new Fault({
          what: `the folder is not kube-prometheus with its libraries: it has no ${part}`,
          where: '--kube-prometheus',
          seen: from,
          fix: HOW_TO_GET,
        });
    const { stdout } = spawnSync('git', ['log', '-1', '--format=%h of %cs'], { cwd: from, encoding: 'utf8' });
    this.title = `kube-prometheus ${stdout.trim()}`.trim();
    this.scratch = scratch;
    this.folder = mkdtempSync(join(scratch, 'kube-prometheus-'));
    for (const entry of readdirSync(from).filter((name) => !NOT_LINKED.has(name)))
      symlinkSync(realpathSync(join(from, entry)), join(this.folder, entry));
    writeFileSync(
      join(this.folder, WITHOUT_DEFINITIONS),
      `local all = import '${EXAMPLE}';
{ [name]: all[name] for name in std.objectFields(all) if std.length(std.findSubstr('CustomResourceDefinition', name)) == 0 }
`,
    );
  }

  /** Evaluates it into files of JSON, with or without the definitions of custom resources, in one process. */
  evaluate({ path }: Program, outdir: string, { definitions }: { readonly definitions: boolean }): Ended {
    const file = definitions ? EXAMPLE : WITHOUT_DEFINITIONS;
    return run(path, ['-J', 'vendor', '-c', '-m', outdir, file], { cwd: this.folder });
  }

  /** Runs its own build, which converts each file to YAML by a process, into `manifests` of a folder of its own. */
  build(jsonnet: Program, gojsontoyaml: Program): Ended {
    const bin = mkdtempSync(join(this.scratch, 'bin-'));
    symlinkSync(jsonnet.path, join(bin, 'jsonnet'));
    symlinkSync(gojsontoyaml.path, join(bin, 'gojsontoyaml'));
    mkdirSync(this.manifests, { recursive: true });
    return run('./build.sh', [OF_ITS_MANIFESTS], {
      cwd: this.folder,
      env: { PATH: `${bin}${delimiter}${process.env['PATH']}` },
    });
  }

  /** Where its own build writes. */
  get manifests(): string {
    return join(this.folder, 'manifests');
  }
}
