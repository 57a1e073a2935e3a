import { isDeepStrictEqual } from 'node:util';
import { Fault, throwIfAny } from '../../charts/fault.ts';
import type { Plan } from '../../charts/plan/model.ts';
import { type Exception, hasVersionOf, pinsSchema } from '../../charts/pins.ts';
import { type Ring, ringOf } from '../../charts/rings.ts';
import { planOfTexts, refuseUnready } from '../commits/commit.ts';
import { type Rendered, rendered } from '../commits/rendered.ts';
import { type FileTexts, Git } from '../git.ts';
import { exceptionsFile, exceptionsOf, pinFile, pinFilesOf } from '../pin-files.ts';
import { componentOf } from '../promotion/soak.ts';
import { checkRings, loadRings } from '../rings.ts';
import type { Workspace } from '../synth.ts';
import { filesOfComponent } from './files.ts';
import { filesAt, targetOf } from './history.ts';
import { commitPlanned, holdTexts, type Reason } from './hold.ts';
import { clustersOf, type Where } from './target.ts';

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
  const { root, importer } = workspace;
  const git = Git.open(root);
  const rings = await loadRings(root, importer);
  checkRings(root, rings);
  const clusters = clustersOf(root, rings, component, options);
  refuseUnready(git, workspace);
  const target = targetOf(git, clusters, component, options);
  if (clusters.every((cluster) => isAt(git, root, target, cluster, component)))
    throw new Fault({
      what: `${component} is in ${clusters.join(', ')} as it was at that commit`,
      where: git.short(target),
      fix: 'name an earlier commit, by --to; or go further back, by --steps',
    });
  const ring = ringOf(rings, clusters[0] ?? '');
  const pins = pinTexts(git, root, ring, component, target, options);
  const byPins = pins && (await explained(git, workspace, clusters, component, target, pins));
  const texts = byPins ? pins : holdTexts(git, root, component, clusters, target, options);
  const result = byPins ?? (await rendered(workspace, clusters, texts));
  const sources: FileTexts = new Map([...texts].filter(([file]) => file.startsWith('clusters/')));
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

/** The pins of that commit: of the ring, or as exceptions of one cluster; undefined if it had none, or the same ones. */
function pinTexts(
  git: Git,
  root: string,
  ring: Ring,
  component: string,
  target: string,
  { cluster, because, until }: RollbackOptions,
): FileTexts | undefined {
  const files = pinFilesOf(root, ring.name);
  const name = componentOf(
    `${component}/`,
    files.map((one) => one.component),
  );
  const now = files.find((one) => one.component === name);
  const text = name === undefined ? undefined : git.textAt(target, pinFile(ring.name, name));
  if (now === undefined || text === undefined) return undefined;
  if (cluster === undefined) return new Map([[now.file, text]]);
  const before = pinsSchema.safeParse(JSON.parse(text)).data ?? {};
  const own = Object.entries(now.pins).flatMap(([pin, current]) => {
    const old = before[pin];
    if (old === undefined) return [];
    const { version, digest, unpinnedBecause, files: hashes, sha256 } = old;
    const exception: Exception = { version, digest, unpinnedBecause, files: hashes, sha256, because, until };
    return hasVersionOf(current, exception) ? [] : [[pin, exception] as const];
  });
  if (own.length === 0) return undefined;
  return new Map([
    [
      exceptionsFile(cluster),
      `${JSON.stringify({ ...exceptionsOf(root, cluster), ...Object.fromEntries(own) }, null, 2)}\n`,
    ],
  ]);
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
    const files = [...filesAt(git, target, cluster, component)];
    return files.every(([path, text]) => result?.prepared.wanted.get(`${cluster}/${path}`) === text);
  });
  const folders = clusters.map((cluster) => `dist/${cluster}/${component}/`);
  const alone = [...(result?.files.keys() ?? [])].every((file) => folders.some((folder) => file.startsWith(folder)));
  return isThere && alone ? result : undefined;
}

/** A volume that a newer version wrote to is not read by an older one. */
const NEVER = 'SLP-data-older';

/** @throws Fault for what does not go back */
function refuse({ entries }: Plan): void {
  throwIfAny(
    entries.flatMap(({ object, verdict, findings, clusters }) => {
      const data = findings.find(({ rule }) => rule === NEVER);
      if (verdict !== 'refused' && !data) return [];
      const said = data ?? findings[0];
      return [
        {
          what: data ? data.says : `${object} does not go back: ${said?.says ?? 'the API server refuses it'}`,
          where: clusters.join(', '),
          fix: said?.instead ?? 'go to a commit that the API server takes',
        },
      ];
    }),
  );
}
