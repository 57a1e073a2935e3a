import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from '../measure.ts';

/** A file of a repository. */
export type File = readonly [path: string, text: string];

/** A branch of a repository: a commit of its own on another branch. */
export interface Branch {
  readonly name: string;
  /** @default none: its first commit */
  readonly on?: string;
  readonly files: Iterable<File>;
}

/** A bare repository with some branches, written in one go: `git add` of 100,000 files takes minutes. */
export function writeRepository(folder: string, branches: readonly Branch[]): void {
  run('git', ['init', '--quiet', '--bare', folder]);
  const file = join(folder, 'stream');
  const stream = openSync(file, 'w+');
  const write = (text: string): unknown => writeSync(stream, text);
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  for (const { name, on, files } of branches) {
    write(`commit refs/heads/${name}\ncommitter Bench <bench@example.com> 0 +0000\n${data(name)}`);
    if (on !== undefined) write(`from refs/heads/${on}\n`);
    for (const [path, text] of files) write(`M 100644 inline ${path}\n${data(text)}`);
    write('\n');
  }
  closeSync(stream);
  const input = openSync(file, 'r');
  const { status, stderr } = spawnSync('git', ['fast-import', '--quiet'], {
    env: { ...process.env, GIT_DIR: folder },
    stdio: [input, 'ignore', 'pipe'],
  });
  closeSync(input);
  if (status !== 0) throw new Error(`git fast-import: ${stderr.toString()}`);
}

/** The files of this repository's own fleet that a plan reads. */
export function ownFiles(): Map<string, string> {
  const listing = run('git', ['ls-files', '-z', '--', 'dist', 'clusters']).stdout.split('\0').filter(Boolean);
  return new Map(listing.map((path) => [path.trimEnd(), readFileSync(join(root, path), 'utf8')]));
}
