import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { FileTexts } from '../git.ts';
import { changesOf, prepare, type Prepared, type Workspace } from '../synth.ts';

/** What clusters would render. */
export interface Rendered {
  readonly prepared: Prepared;
  /** Texts of the files of dist that would change, by path from the repository's root; undefined for one that would go. */
  readonly files: FileTexts;
}

/** What clusters would render with other texts of files in `clusters/`, and of held components' files in `dist/`. */
export async function rendered(workspace: Workspace, clusters: readonly string[], texts: FileTexts): Promise<Rendered> {
  const prepared = await withFiles(workspace, texts, (changed) => prepare(changed, clusters));
  const { stale, missing, extra } = changesOf(workspace, prepared);
  const folder = relative(workspace.root, workspace.dist);
  return {
    prepared,
    files: new Map([
      ...[...stale, ...missing].map((path) => [`${folder}/${path}`, prepared.wanted.get(path)] as const),
      ...extra.map((path) => [`${folder}/${path}`, undefined] as const),
    ]),
  };
}

/** Calls back with the workspace as it would be: a folder in its place that is removed afterwards. */
async function withFiles<T>(
  workspace: Workspace,
  texts: FileTexts,
  use: (changed: Workspace) => Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-rendered-'));
  const copied = new Set(['clusters', ...[...texts.keys()].map((file) => file.split('/').slice(0, 2).join('/'))]);
  try {
    link(workspace.root, root, '', copied);
    writeFiles(root, texts);
    return await use({ ...workspace, root });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Makes a folder like another one, by links but for what is copied. */
function link(from: string, to: string, folder: string, copied: ReadonlySet<string>): void {
  for (const name of readdirSync(join(from, folder))) {
    const path = join(folder, name);
    if (copied.has(path)) cpSync(join(from, path), join(to, path), { recursive: true });
    else if ([...copied].some((one) => one.startsWith(`${path}/`))) {
      mkdirSync(join(to, path));
      link(from, to, path, copied);
    } else symlinkSync(join(from, path), join(to, path));
  }
}

/** Writes texts of files, and removes those without one. */
export function writeFiles(root: string, texts: FileTexts): void {
  for (const [file, text] of texts) {
    const path = join(root, file);
    if (text === undefined) rmSync(path, { force: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
}
