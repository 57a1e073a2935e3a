import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { Fault } from '../../charts/fault.ts';
import { type Manifest, textAt } from '../../charts/lib/manifest.ts';
import type { UpstreamVersion } from '../../charts/upstream/facts.ts';
import type { UpstreamProject } from '../../charts/upstream/projects.ts';
import { renderChart } from '../sources/helm.ts';
import type { Place } from '../sources/unpack.ts';
import { checkExists, readYaml } from '../sources/yaml.ts';

const run = promisify(execFile);

/** Checks out what is read of a project's repository, at a tag. @throws Fault if that fails */
export async function checkOut(project: UpstreamProject, tag: string, folder: string, place: Place): Promise<void> {
  const { repository } = project;
  const shallow = ['--quiet', '--depth=1', `--branch=${tag}`, '--filter=blob:none', '--no-checkout'];
  try {
    await run('git', ['clone', ...shallow, repository, folder]);
    await run('git', ['-C', folder, 'sparse-checkout', 'set', '--no-cone', ...pathsOf(project)]);
    await run('git', ['-C', folder, 'checkout', '--quiet']);
  } catch (error) {
    throw new Fault({
      what: `git cannot fetch the tag ${tag} of ${repository}`,
      ...place,
      seen: lastLine(error),
      fix: "check the network and the version; a mirror can take its place by git's setting url.<mirror>.insteadOf",
    });
  }
  for (const path of pathsOf(project))
    checkExists(join(folder, path), path, `a path of ${repository} at ${tag}`, place);
}

/** The folders and files that are read. */
function pathsOf({ chart, yaml = [] }: UpstreamProject): string[] {
  return [...(chart ? [chart.path] : []), ...yaml];
}

/** The objects of a project, from its checked out repository. */
export async function objectsOf(
  project: UpstreamProject,
  folder: string,
  place: Place,
  home: string,
): Promise<Manifest[]> {
  const { name, chart, yaml = [] } = project;
  const plain = yaml.flatMap((path) => readYaml(join(folder, path), path, place));
  if (!chart) return plain.filter(isObject);
  const path = join(folder, chart.path);
  withoutDependencies(path);
  const rendered = await renderChart(
    path,
    { values: { ...chart.values }, release: name, noHooks: false, apiVersions: [] },
    { entry: name, place, home },
  );
  // Definitions are installed from the folders that stand under `yaml`, not by the chart.
  return [...rendered.filter(({ kind }) => kind !== 'CustomResourceDefinition'), ...plain].filter(isObject);
}

/** Kustomizations stand beside definitions. */
function isObject({ kind, metadata }: Manifest): boolean {
  return kind !== 'Kustomization' && typeof metadata === 'object';
}

/** Charts of other projects, which are off by default, are not in the repository; helm misses them all the same. */
function withoutDependencies(chart: string): void {
  const file = join(chart, 'Chart.yaml');
  const metadata = load(readFileSync(file, 'utf8'));
  const [name, version, appVersion] = ['name', 'version', 'appVersion'].map((key) => textAt(metadata, key));
  writeFileSync(file, JSON.stringify({ apiVersion: 'v2', name, version, appVersion }));
}

/** The sources of a project, with what tells whether they have changed. */
export function sourcesOf(project: UpstreamProject, tag: string, folder: string): UpstreamVersion['sources'] {
  return pathsOf(project).map((path) => ({
    url: `${project.repository}/tree/${tag}/${path}`,
    sha256: digestOf(folder, path),
  }));
}

/** As of `sha256sum` over the output of `sha256sum` for all files, sorted by path. */
function digestOf(folder: string, path: string): string {
  const lines = filesIn(folder, path).map((file) => `${sha256(readFileSync(join(folder, file)))}  ${file}\n`);
  return sha256(lines.join(''));
}

function filesIn(folder: string, path: string): string[] {
  if (!statSync(join(folder, path)).isDirectory()) return [path];
  return readdirSync(join(folder, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function lastLine(error: unknown): string {
  const text = textAt(error, 'stderr') ?? String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
