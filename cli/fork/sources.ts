import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';
import type { DistChanges } from '../dist.ts';
import { locked } from '../lock.ts';
import { Transaction } from '../transaction.ts';

/** Beside the files that are changed, so that they are moved into place. */
const WORK = '.slipway-edit';

/** A part of the repository that an edit expects, and does not find. */
export function unexpected(file: string, what: string): Fault {
  return new Fault({
    what: `${what} is not where this command looks for it`,
    where: file,
    fix: `make this change by hand; the rest of the command writes nothing without it`,
  });
}

/** Files of the repository, with edits that are written all at once or not at all. */
export class Sources {
  readonly root: string;
  /** New texts by path; undefined for files that go. */
  private readonly edits = new Map<string, string | undefined>();

  constructor(root: string) {
    this.root = root;
  }

  /** True if the file is there, or a folder with a file in it. */
  has(path: string): boolean {
    if (this.edits.has(path)) return this.edits.get(path) !== undefined;
    return this.files(path).length > 0 || (existsSync(join(this.root, path)) && this.isFile(path));
  }

  /** The names in a folder, sorted; none if it is not there. */
  list(folder: string): string[] {
    const names = this.files(folder).map((path) => path.slice(folder.length + 1).split('/')[0] ?? '');
    return [...new Set(names)].sort();
  }

  read(path: string): string {
    if (this.edits.has(path)) return this.edits.get(path) ?? '';
    return readFileSync(join(this.root, path), 'utf8');
  }

  write(path: string, text: string): void {
    this.edits.set(path, text);
  }

  /** Changes the text of a file; one that is not there is left so. */
  edit(path: string, change: (text: string) => string): void {
    if (this.has(path)) this.write(path, change(this.read(path)));
  }

  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): void {
    const files = this.files(path);
    for (const file of files) this.edits.set(file, undefined);
    if (files.length === 0 && this.has(path)) this.edits.set(path, undefined);
  }

  /** Copies the texts of a folder, as `change` makes them. */
  copy(from: string, to: string, change: (text: string, path: string) => string = (text) => text): void {
    for (const file of this.files(from)) {
      const path = to + file.slice(from.length);
      this.write(path, change(this.read(file), path));
    }
  }

  /** The differences between the files on disk and the edits, sorted. */
  changes(): DistChanges {
    const differs = ([path, text]: readonly [string, string | undefined]): boolean =>
      (this.onDisk(path) ? readFileSync(join(this.root, path), 'utf8') : undefined) !== text;
    const paths = [...this.edits]
      .filter(differs)
      .map(([path]) => path)
      .sort();
    const isGone = (path: string): boolean => this.edits.get(path) === undefined;
    return {
      missing: paths.filter((path) => !this.onDisk(path)),
      stale: paths.filter((path) => this.onDisk(path) && !isGone(path)),
      extra: paths.filter(isGone),
    };
  }

  /** Formats what was edited, as the repository's formatter does it. */
  async format(): Promise<void> {
    const { format, resolveConfig } = await import('prettier');
    const { missing, stale } = this.changes();
    for (const path of [...missing, ...stale].filter((one) => /\.(ts|json|ya?ml)$/.test(one))) {
      const filepath = join(this.root, path);
      this.edits.set(path, await format(this.read(path), { ...(await resolveConfig(filepath)), filepath }));
    }
  }

  /** Writes the edits. @throws the first error of the file system; nothing is then written */
  async apply(): Promise<void> {
    const { missing, stale, extra } = this.changes();
    const texts = (paths: readonly string[]) => new Map(paths.map((path) => [path, this.read(path)]));
    const work = join(this.root, WORK);
    await locked(work, () => {
      const transaction = new Transaction(this.root, work);
      transaction.undo();
      transaction.apply({ replaced: texts(stale), added: texts(missing), removed: extra });
    });
    rmSync(work, { recursive: true, force: true });
  }

  /** All files below a folder, with what was edited; packages and Terraform's own files are not sources. */
  files(folder: string): string[] {
    const onDisk = existsSync(join(this.root, folder)) && !this.isFile(folder) ? this.walk(folder) : [];
    const added = [...this.edits.keys()].filter((path) => path.startsWith(`${folder}/`));
    return [...new Set([...onDisk, ...added])]
      .filter((path) => !this.edits.has(path) || this.edits.get(path) !== undefined)
      .sort();
  }

  private walk(folder: string): string[] {
    return readdirSync(join(this.root, folder), { withFileTypes: true }).flatMap((entry) => {
      if (NOT_SOURCES.has(entry.name)) return [];
      return entry.isDirectory() ? this.walk(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`];
    });
  }

  private onDisk(path: string): boolean {
    return existsSync(join(this.root, path)) && this.isFile(path);
  }

  private isFile(path: string): boolean {
    return statSync(join(this.root, path)).isFile();
  }
}

const NOT_SOURCES = new Set(['node_modules', '.git', '.terraform', 'build', 'coverage']);
