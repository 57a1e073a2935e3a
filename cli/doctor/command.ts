import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import type { Outcome } from '../commands/command.ts';
import { EXIT } from '../exit.ts';
import { shownAs } from '../output.ts';
import { count } from '../plan/words.ts';
import { loadRings } from '../rings.ts';
import type { Workspace } from '../synth.ts';
import { misuse } from '../unknown.ts';
import { askGitHub } from './checks.ts';
import type { CloudName } from './cloud/terraform.ts';
import type { Finding } from './finding.ts';
import { asker, placeOf, tokenOf } from './github.ts';
import { ownersInForce } from './guarded.ts';
import { wantedOf } from './workflows.ts';

/** Options of `slipway doctor`. */
export interface DoctorOptions {
  /** Asks no network. */
  readonly offline: boolean;
  readonly json: boolean;
}

/** Options of `slipway doctor`, as they are typed. */
interface Typed extends DoctorOptions {
  /** Asks clouds, in place of GitHub. */
  readonly cloud: boolean;
  readonly cluster: string | undefined;
}

/** `slipway doctor`, of GitHub or of clouds. @throws Fault for words that only make sense of clouds */
export async function doctorOf(
  workspace: Workspace,
  cloud: CloudName | undefined,
  { cluster, ...options }: Typed,
): Promise<Outcome> {
  const { json } = options;
  if (options.cloud)
    return (await import('./cloud/command.ts')).doctorCloud(workspace, {
      json,
      ...(cloud && { cloud }),
      ...(cluster !== undefined && { cluster }),
    });
  const alone = cloud ?? (cluster === undefined ? undefined : `--cluster ${cluster}`);
  if (alone !== undefined)
    throw new Fault(misuse(`${alone} is of clouds alone`, alone, 'add --cloud, or leave it out'));
  return doctor(workspace, options);
}

/** Where Terraform says whose sign-in tokens clouds trust. */
const SETTINGS = 'bootstrap/modules/settings/main.tf';

/**
 * `slipway doctor`: whether what guards the repository is in force: code owners, and on GitHub the rules of the branch, environments,
 * tokens and variables of workflows.
 *
 * @returns a line for each, with what to do; a difference if one is missing
 * @throws Fault if GitHub does not answer, or refuses the token
 */
export async function doctor(workspace: Workspace, { offline, json }: DoctorOptions): Promise<Outcome> {
  const { root, importer } = workspace;
  const rings = await loadRings(root, importer);
  const findings = [...ownersInForce(root, rings), ...(offline ? [] : await ofGitHub(workspace, rings))];
  const code = findings.some(({ state }) => state === 'missing') ? EXIT.difference : EXIT.success;
  return { text: shownAs({ findings }, () => text(findings), { json }), code };
}

async function ofGitHub(
  { root, repository }: Workspace,
  rings: Awaited<ReturnType<typeof loadRings>>,
): Promise<Finding[]> {
  const what = 'GitHub was asked';
  const place = placeOf(repository, process.env['GITHUB_API_URL']);
  if (place === undefined)
    return [
      {
        what,
        state: 'unknown',
        seen: `${repository.url} is not on github.com`,
        fix: ['name the API of your own server in GITHUB_API_URL'],
      },
    ];
  const token = tokenOf();
  if (token === undefined)
    return [
      {
        what,
        state: 'unknown',
        seen: 'there is no token',
        fix: ['`gh auth login`, or GH_TOKEN, of somebody who administers the repository'],
      },
    ];
  const wanted = wantedOf(root);
  return askGitHub(asker(place, token), {
    name: place.name,
    branch: repository.revision,
    rings,
    wanted,
    prefixes: prefixesOf(root),
  });
}

/** The prefixes of subjects that clouds trust; undefined without Terraform for a cloud. */
function prefixesOf(root: string): string[] | undefined {
  if (!existsSync(join(root, SETTINGS))) return undefined;
  const [, list] =
    /^ *github_subject_prefixes *= *\[([^\]]*)\]/m.exec(readFileSync(join(root, SETTINGS), 'utf8')) ?? [];
  return list === undefined ? undefined : [...list.matchAll(/"([^"]*)"/g)].map(([, prefix = '']) => prefix);
}

function text(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ state, what, seen, fix = [] }) => [
    `${state.padEnd(8)}  ${what}`,
    ...(seen === undefined ? [] : seen.split('\n').map((line, i) => `${i === 0 ? '    seen: ' : '          '}${line}`)),
    // As they are, so that they can be copied: a here-document ends at the beginning of a line.
    ...(fix.length === 0 ? [] : ['    fix:', ...fix]),
  ]);
  const number = (asked: Finding['state']): number => findings.filter(({ state }) => state === asked).length;
  const rest = (['missing', 'unknown'] as const)
    .filter((state) => number(state) > 0)
    .map((state) => `${number(state)} ${state}`);
  return [...lines, `${count(findings.length, 'guard')}: ${rest.join(', ') || 'all in force'}`].join('\n');
}
