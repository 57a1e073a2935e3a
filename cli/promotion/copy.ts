import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FileTexts } from '../git.ts';
import type { Workspace } from '../synth.ts';

const CLUSTERS = 'clusters';

/**
 * Calls back with the workspace as it would be with other texts of files in `clusters/`: a folder in its place that is
 * removed afterwards. Where dist is, stays the same.
 */
export async function withFiles<T>(
  workspace: Workspace,
  texts: FileTexts,
  use: (changed: Workspace) => Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-promotion-'));
  try {
    for (const name of readdirSync(workspace.root))
      if (name !== CLUSTERS) symlinkSync(join(workspace.root, name), join(root, name));
    cpSync(join(workspace.root, CLUSTERS), join(root, CLUSTERS), { recursive: true });
    writeFiles(root, texts);
    return await use({ ...workspace, root });
  } finally {
    rmSync(root, { recursive: true, force: true });
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
