import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A module that is to be completed. */
interface Incomplete {
  readonly of: string;
  /** Its folder in the module cache, which is read-only. */
  readonly original: string;
  /** What it lacks: texts by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Folder of the go.mod that requires it. */
  readonly requiredBy: string;
  /** Folder for the copy, which is made. */
  readonly into: string;
}

/**
 * Copies a module and adds files to it: Go embeds none that are elsewhere, and refuses to overlay the module cache.
 *
 * @returns a go.mod, with go.sum beside it, that has the copy in the module's place; for `-modfile`
 */
export function completed({ of, original, files, requiredBy, into }: Incomplete): string {
  const copy = join(into, 'module');
  for (const entry of readdirSync(original, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    // Contents only: copied modes would be read-only too.
    write(join(copy, relative(original, from)), readFileSync(from));
  }
  for (const [path, text] of Object.entries(files)) write(join(copy, path), text);
  const modfile = join(into, 'go.mod');
  write(modfile, `${readFileSync(join(requiredBy, 'go.mod'), 'utf8')}\nreplace ${of} => ${JSON.stringify(copy)}\n`);
  copyFileSync(join(requiredBy, 'go.sum'), join(into, 'go.sum'));
  return modfile;
}

function write(file: string, content: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
