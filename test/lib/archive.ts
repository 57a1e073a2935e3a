import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';

/** Packs a folder as its only content, with the same bytes each time. */
export async function packed(parent: string, folder: string): Promise<Buffer> {
  const files = readdirSync(join(parent, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(parent.length + 1))
    .toSorted();
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-pack-'));
  try {
    const file = join(scratch, 'archive.tgz');
    await create({ gzip: true, portable: true, mtime: new Date(0), cwd: parent, file }, files);
    return readFileSync(file);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Packs texts by path, such as `thing-1.0.0/deploy.yaml`: all in one top folder, as in an archive of GitHub. */
export async function packedTexts(texts: Readonly<Record<string, string>>): Promise<Buffer> {
  const parent = mkdtempSync(join(tmpdir(), 'slipway-pack-'));
  try {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(parent, path)), { recursive: true });
      writeFileSync(join(parent, path), text);
    }
    return await packed(parent, Object.keys(texts)[0]?.split('/')[0] ?? '');
  } finally {
    rmSync(parent, { recursive: true });
  }
}
