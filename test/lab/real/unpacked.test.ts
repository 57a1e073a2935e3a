import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adopt } from './unpacked.ts';

const LAYER = 'io.containerd.snapshotter.v1.overlayfs/snapshots/1';
const BLOB = 'io.containerd.content.v1.content/blobs/sha256/0123';
const DATABASES = ['io.containerd.metadata.v1.bolt/meta.db', 'io.containerd.snapshotter.v1.overlayfs/metadata.db'];
let folder: string;
let unpacked: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-unpacked-'));
  unpacked = join(folder, 'unpacked');
  write(join(LAYER, 'fs', 'etc'), 'passwd');
  write(BLOB, 'archive');
  for (const file of DATABASES) write(file, 'before');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Real nodes need Linux, and GNU's `cp`.
test.skipIf(process.platform !== 'linux')(
  'two nodes see the same files, and what one removes or writes stays there for the other',
  async () => {
    const [one, other] = ['one', 'other'].map((name) => join(folder, name)) as [string, string];
    await adopt(unpacked, one);
    await adopt(unpacked, other);
    // As containerd does when nothing uses a layer and an archive any more.
    rmSync(join(one, LAYER), { recursive: true });
    rmSync(join(one, BLOB));
    for (const file of DATABASES) writeFileSync(join(one, file), 'after');
    for (const root of [other, unpacked]) {
      expect(read(join(root, LAYER, 'fs', 'etc'))).toBe('passwd');
      expect(read(join(root, BLOB))).toBe('archive');
      for (const file of DATABASES) expect(read(join(root, file))).toBe('before');
    }
  },
);

function write(file: string, text: string): void {
  mkdirSync(join(unpacked, file, '..'), { recursive: true });
  writeFileSync(join(unpacked, file), text);
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
