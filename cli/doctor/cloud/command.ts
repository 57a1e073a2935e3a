import { Fault } from '../../../charts/fault.ts';
import type { Outcome } from '../../commands/command.ts';
import { EXIT } from '../../exit.ts';
import { screen, shownAs } from '../../output.ts';
import type { Workspace } from '../../synth.ts';
import { misuse, select } from '../../unknown.ts';
import type { Finding } from '../finding.ts';
import { asker } from './answer.ts';
import { REFUSALS as AWS } from './aws/account.ts';
import { askAws } from './aws/aws.ts';
import { REFUSALS as AZURE } from './azure/account.ts';
import { askAzure } from './azure/azure.ts';
import { type Run, runner } from './program.ts';
import { type CloudName, CLOUDS, type Root, rootsOf, settingsOf } from './terraform.ts';
import { cloudText } from './text.ts';

/** Which clouds and clusters are asked about. */
export interface CloudOptions {
  /** @default those of the clusters */
  readonly cloud?: CloudName;
  /** @default all in clouds */
  readonly cluster?: string;
  readonly json: boolean;
}

/**
 * `slipway doctor --cloud`: whether accounts have what Terraform needs of them to make clusters: asked by az and aws, which change
 * nothing.
 *
 * @param run runs these programs
 * @returns what was asked and seen of each, with what to do; a difference if something is missing
 * @throws Fault for what the command line names and is not in a cloud, and for inputs of Terraform that cannot be read
 */
export async function doctorCloud(
  workspace: Workspace,
  { cloud, cluster, json }: CloudOptions,
  run: Run = runner(),
): Promise<Outcome> {
  const chosen = choose(await rootsOf(workspace.root), cloud, cluster);
  const settings = await settingsOf(workspace.root);
  const parts = await Promise.all(
    (Object.keys(CLOUDS) as CloudName[]).map(async (name) => {
      const roots = chosen.filter((root) => root.cloud === name);
      if (roots.length === 0) return [];
      const found =
        name === 'azure'
          ? await askAzure(asker(run, 'az', AZURE), workspace.root, settings, roots)
          : await askAws(asker(run, 'aws', AWS), workspace, settings, roots);
      return found.map((finding): Finding => ({ about: name, ...finding }));
    }),
  );
  const findings = parts.flat();
  const code = findings.some(({ state }) => state === 'missing') ? EXIT.difference : EXIT.success;
  return { text: shownAs({ findings }, () => cloudText(findings, screen().columns), { json }), code };
}

function choose(roots: readonly Root[], cloud: CloudName | undefined, cluster: string | undefined): Root[] {
  const names = select(
    'there is no root in bootstrap/roots of a cluster on Azure or AWS called',
    roots.map((root) => root.cluster),
    cluster === undefined ? [] : [cluster],
  );
  const chosen = roots.filter((root) => names.includes(root.cluster) && (cloud === undefined || root.cloud === cloud));
  if (chosen.length > 0) return chosen;
  const where = cloud === undefined ? 'Azure or AWS' : CLOUDS[cloud].title;
  throw new Fault(
    misuse(
      `no cluster${cluster === undefined ? '' : ` called "${cluster}"`} is on ${where}`,
      roots.map((root) => `${root.cluster} on ${CLOUDS[root.cloud].title}`).join(', ') || 'no root in bootstrap/roots',
      'name another cloud, or leave it out',
    ),
  );
}
