import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import { type Hold, sha256OfFiles } from '../../charts/holds.ts';
import type { Plan } from '../../charts/plan/model.ts';
import { readText } from '../check.ts';
import { commitChange, planOfTexts } from '../commits/commit.ts';
import { type Rendered, rendered } from '../commits/rendered.ts';
import type { FileTexts, Git } from '../git.ts';
import { screen } from '../output.ts';
import { terminal } from '../plan/terminal.ts';
import type { Workspace } from '../synth.ts';
import { filesOfComponent, holdsFile, holdsOf } from './files.ts';
import { filesAt } from './history.ts';
import { opened } from './open.ts';
import { checkReason, type Reason } from './reason.ts';
import { refuse } from './refuse.ts';
import type { Where } from './target.ts';

/** Options of `slipway hold`. */
export interface HoldOptions extends Where, Reason {
  /** The commit whose rendering is kept. @default HEAD */
  readonly at?: string;
  readonly 'dry-run'?: boolean;
}

/**
 * `slipway hold COMPONENT`: clusters keep a rendering of a component, whatever its values, pins and charts say from now on.
 * One commit.
 *
 * @throws Fault if there is no such component or commit, or if data or the API server do not go back to it; then nothing is
 * written
 */
export async function hold(workspace: Workspace, component: string, options: HoldOptions): Promise<string> {
  const { root } = workspace;
  checkReason(options);
  const { git, clusters } = await opened(workspace, component, options);
  const texts = holdTexts(git, root, component, clusters, options.at, options);
  if ([...texts].every(([file, text]) => existsSync(join(root, file)) && readText(root, file) === text))
    throw new Fault({
      what: `${component} is held so already in ${clusters.join(', ')}`,
      where: clusters.map(holdsFile).join(', '),
      fix: 'nothing needs to be done',
    });
  const title = `Hold ${component} in ${clusters.join(', ')} until ${options.until}`;
  const message = `${title}\n\n${options.because}\n`;
  return changed(git, workspace, clusters, texts, message, options['dry-run'] ?? false, refuse);
}

/** The texts of `holds.json`, and of what is held of an earlier commit. */
export function holdTexts(
  git: Git,
  root: string,
  component: string,
  clusters: readonly string[],
  at: string | undefined,
  { because, until, by = git.user() }: Reason,
): FileTexts {
  const commit = git.commit(at ?? 'HEAD');
  return new Map(
    clusters.flatMap((cluster) => {
      const now = filesOfComponent(root, cluster, component);
      const files = at === undefined ? now : filesAt(git, commit, cluster, component);
      const entry: Hold = { commit, sha256: sha256OfFiles(files), because, by, until };
      const inDist = (path: string): string => `dist/${cluster}/${path}`;
      return [
        ...[...now.keys()].filter((path) => !files.has(path)).map((path) => [inDist(path), undefined] as const),
        ...[...files]
          .filter(([path, text]) => now.get(path) !== text)
          .map(([path, text]) => [inDist(path), text] as const),
        holdsText(cluster, { ...holdsOf(root, cluster), [component]: entry }),
      ];
    }),
  );
}

/** The text of a cluster's `holds.json`: none without holds. */
export function holdsText(
  cluster: string,
  holds: Readonly<Record<string, Hold>>,
): readonly [file: string, text: string | undefined] {
  const sorted = Object.entries(holds).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    holdsFile(cluster),
    sorted.length === 0 ? undefined : `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`,
  ];
}

/** Those of `clusters/`: what is in dist is rendered. */
export function sourcesIn(texts: FileTexts): FileTexts {
  return new Map([...texts].filter(([file]) => file.startsWith('clusters/')));
}

/**
 * Renders, prints the plan and commits.
 *
 * @param judge throws a Fault for a plan that is not to be carried out
 * @returns what to print
 */
export async function changed(
  git: Git,
  workspace: Workspace,
  clusters: readonly string[],
  texts: FileTexts,
  message: string,
  dryRun: boolean,
  judge?: (plan: Plan) => void,
): Promise<string> {
  const result = await rendered(workspace, clusters, texts);
  const sources = sourcesIn(texts);
  const plan = planOfTexts(git, workspace, clusters, new Map([...sources, ...result.files]));
  judge?.(plan);
  return commitPlanned(git, workspace, plan, result, sources, message, dryRun);
}

/** Prints a plan, and commits what it is of. @returns what to print */
export async function commitPlanned(
  git: Git,
  workspace: Workspace,
  plan: Plan,
  result: Rendered,
  sources: FileTexts,
  message: string,
  dryRun: boolean,
): Promise<string> {
  const done = dryRun ? 'Nothing was written: --dry-run' : await commitChange(git, workspace, result, sources, message);
  return [terminal(plan, { ...screen(), noise: false }), ...result.prepared.byHand, done].join('\n');
}
