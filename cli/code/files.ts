import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODE_FILE, codeSchema, type PinnedCode } from '../../charts/code.ts';
import { Fault, suggest } from '../../charts/fault.ts';
import type { Ring } from '../../charts/rings.ts';
import { checkJson } from '../check.ts';

/** What renders: the code, and the packages that it is run with. */
export const CODE = ['charts', 'cli', 'package.json', 'package-lock.json', 'tsconfig.json'] as const;

/** What is in those folders and renders nothing: tests, and what they share. */
export const NO_CODE = /\.test(?:ing)?\.ts$/;

/** The rings that are rendered by the code of a commit. @throws Fault for each name that is no ring */
export function pinnedCode(root: string, rings: readonly Ring[]): ReadonlyMap<string, PinnedCode> {
  if (!existsSync(join(root, CODE_FILE))) return new Map();
  const pinned = Object.entries(checkJson(codeSchema, CODE_FILE, root));
  const names = rings.map(({ name }) => name);
  const unknown = pinned.find(([name]) => !names.includes(name));
  if (unknown)
    throw new Fault({
      what: `there is code of a ring that there is not`,
      file: CODE_FILE,
      seen: unknown[0],
      fix: suggest(unknown[0], names),
    });
  return new Map(pinned);
}

/** SHA-256 of the code of a folder. */
export function sha256OfCode(root: string): string {
  const hash = createHash('sha256');
  for (const path of CODE.flatMap((part) => filesIn(root, part)).toSorted()) {
    hash.update(`${path}\0`);
    hash.update(readFileSync(join(root, path)));
    hash.update('\0');
  }
  return hash.digest('hex');
}

function filesIn(root: string, part: string): string[] {
  if (!existsSync(join(root, part))) return [];
  if (part.includes('.')) return [part];
  return readdirSync(join(root, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NO_CODE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
