import { type Hold, sha256OfFiles } from '../../charts/holds.ts';
import type { Plan } from '../../charts/plan/model.ts';
import { commitChange, planOfTexts, refuseUnready } from '../commits/commit.ts';
import { type Rendered, rendered } from '../commits/rendered.ts';
import { type FileTexts, Git } from '../git.ts';
import { screen } from '../output.ts';
import { terminal } from '../plan/terminal.ts';
import { checkRings, loadRings } from '../rings.ts';
import type { Workspace } from '../synth.ts';
import { filesOfComponent, holdsFile, holdsOf } from './files.ts';
import { filesAt } from './history.ts';
import { clustersOf, type Where } from './target.ts';

/** Why something is not as it should be, and until when. */
export interface Reason {
  readonly because: string;
  readonly until: string;
  /** @default the name that Git commits with */
  readonly by?: string;
}

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
 * @throws Fault if there is no such component or commit; then nothing is written
 */
export async function hold(workspace: Workspace, component: string, options: HoldOptions): Promise<string> {
  const { root, importer } = workspace;
  const git = Git.open(root);
  const rings = await loadRings(root, importer);
  checkRings(root, rings);
  const clusters = clustersOf(root, rings, component, options);
  refuseUnready(git, workspace);
  const texts = holdTexts(git, root, component, clusters, options.at, options);
  const title = `Hold ${component} in ${clusters.join(', ')} until ${options.until}`;
  return changed(git, workspace, clusters, texts, `${title}\n\n${options.because}\n`, options['dry-run'] ?? false);
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

/** Renders, prints the plan and commits. @returns what to print */
export async function changed(
  git: Git,
  workspace: Workspace,
  clusters: readonly string[],
  texts: FileTexts,
  message: string,
  dryRun: boolean,
): Promise<string> {
  const result = await rendered(workspace, clusters, texts);
  const sources: FileTexts = new Map([...texts].filter(([file]) => file.startsWith('clusters/')));
  const plan = planOfTexts(git, workspace, clusters, new Map([...sources, ...result.files]));
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
