import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../charts/fault.ts';
import { planOfTexts } from '../commits/commit.ts';
import { type Rendered, rendered } from '../commits/rendered.ts';
import type { FileTexts, Git } from '../git.ts';
import type { Workspace } from '../synth.ts';
import { filesOfComponent } from './files.ts';
import { filesAt, targetOf } from './history.ts';
import { commitPlanned, holdTexts, sourcesIn } from './hold.ts';
import { opened } from './open.ts';
import { pinTexts } from './pins.ts';
import { checkReason, type Reason } from './reason.ts';
import { refuse } from './refuse.ts';
import type { Where } from './target.ts';

/** Options of `slipway rollback`. */
export interface RollbackOptions extends Where, Reason {
  /** The commit to go back to. */
  readonly to?: string;
  /** How many renderings of the component to go back. */
  readonly steps: string;
  readonly 'dry-run'?: boolean;
}

/**
 * `slipway rollback COMPONENT`: gives clusters an earlier rendering of a component again, in one commit: by earlier pins if these
 * alone give the same bytes, else by a hold.
 *
 * @throws Fault if there is no such rendering, if it is what they have, or if data or the API server do not go back
 */
export async function rollback(workspace: Workspace, component: string, options: RollbackOptions): Promise<string> {
  const { root } = workspace;
  checkReason(options);
  const open = await opened(workspace, component, options);
  const { git, clusters } = open;
  const target = targetOf(git, clusters, component, options);
  if (clusters.every((cluster) => isAt(git, root, target, cluster, component)))
    throw new Fault({
      what: `${component} is in ${clusters.join(', ')} as it was at that commit`,
      where: git.short(target),
      fix: 'name an earlier commit, by --to; or go further back, by --steps',
    });
  const pins = pinTexts(open, root, component, target, options.cluster, options);
  const byPins = pins && (await explained(git, workspace, clusters, component, target, pins));
  const texts = byPins ? pins : holdTexts(git, root, component, clusters, target, options);
  const result = byPins ?? (await rendered(workspace, clusters, texts));
  const sources = sourcesIn(texts);
  const plan = planOfTexts(git, workspace, clusters, new Map([...sources, ...result.files]));
  refuse(plan);
  const how = byPins ? 'by its pins' : `by a hold until ${options.until}`;
  const title = `Roll ${component} back to ${git.short(target)} in ${clusters.join(', ')}, ${how}`;
  const message = `${title}\n\n${options.because}\n`;
  return commitPlanned(git, workspace, plan, result, sources, message, options['dry-run'] ?? false);
}

function isAt(git: Git, root: string, commit: string, cluster: string, component: string): boolean {
  return isDeepStrictEqual(filesOfComponent(root, cluster, component), filesAt(git, commit, cluster, component));
}

/** What is rendered with other pins, if that is what the commit has, and nothing else changes. */
async function explained(
  git: Git,
  workspace: Workspace,
  clusters: readonly string[],
  component: string,
  target: string,
  pins: FileTexts,
): Promise<Rendered | undefined> {
  const result = await rendered(workspace, clusters, pins).catch((error: unknown) => {
    // What older pins do not render with newer charts is kept as it was.
    if (error instanceof Fault) return undefined;
    throw error;
  });
  const isThere = clusters.every((cluster) => {
    const prefix = `${cluster}/${component}/`;
    const wanted = [...(result?.prepared.wanted ?? [])].filter(([path]) => path.startsWith(prefix));
    const files = new Map(wanted.map(([path, text]) => [path.slice(cluster.length + 1), text]));
    return isDeepStrictEqual(files, filesAt(git, target, cluster, component));
  });
  const folders = clusters.map((cluster) => `dist/${cluster}/${component}/`);
  const alone = [...(result?.files.keys() ?? [])].every((file) => folders.some((folder) => file.startsWith(folder)));
  return isThere && alone ? result : undefined;
}
