import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Ring, RINGS_FILE } from '../../charts/rings.ts';
import { RING_PINS } from '../pin-files.ts';
import { CodeOwners } from './code-owners.ts';
import { type Finding, found } from './finding.ts';

/** What decides who approves, and what runs with the rights of all clusters. */
const SHARED = [RINGS_FILE, 'clusters/fleet.ts', 'clusters/code.json', '.github/', 'bootstrap/modules/'];

/** Folders, which end with a slash, and files that only the approvers of a ring may let in. */
export interface Guarded {
  readonly ring: string;
  readonly approvers: readonly string[];
  readonly paths: readonly string[];
}

/** What each ring with approvers guards; what all clusters share belongs to those of the last one. */
export function guardedOf(root: string, rings: readonly Ring[], codeOwnersFile: string): Guarded[] {
  const withApprovers = rings.filter(({ approvers }) => approvers.length > 0);
  return withApprovers.map(({ name, clusters, approvers }, i) => ({
    ring: name,
    approvers,
    paths: [
      ...(i === withApprovers.length - 1 ? [...SHARED, codeOwnersFile] : []),
      `${RING_PINS}/${name}/`,
      ...clusters.flatMap((cluster) => [
        `clusters/${cluster}/`,
        `dist/${cluster}/`,
        ...[`bootstrap/roots/${cluster}/`].filter((folder) => existsSync(join(root, folder))),
      ]),
    ],
  }));
}

/** Whether CODEOWNERS leaves what a ring guards to its approvers alone. */
export function ownersInForce(root: string, rings: readonly Ring[]): Finding[] {
  const { file, owners } = CodeOwners.read(root);
  return guardedOf(root, rings, file).map(({ ring, approvers, paths }) => {
    const others = paths.filter((path) => !owners.leaves(path, approvers));
    return found(
      `${file} leaves ${paths.length} paths of the ring ${ring} to ${approvers.join(', ')} alone`,
      others.length === 0,
      {
        seen: others.map((path) => `${path}: ${owners.of(path).join(', ') || 'nobody'}`).join('\n'),
        fix: [`end ${file} with:`, ...others.map((path) => `/${path} ${approvers.join(' ')}`)],
      },
    );
  });
}
