import * as nodeFileSystem from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { StillNeeded } from './lock.ts';

/** What a transaction does on disk: a test replaces it to make single operations fail. */
export type FileSystem = Pick<
  typeof nodeFileSystem,
  'copyFileSync' | 'mkdirSync' | 'renameSync' | 'rmdirSync' | 'rmSync' | 'writeFileSync'
>;

const { existsSync, lstatSync, readdirSync, readFileSync } = nodeFileSystem;

/** Changes of files, with paths relative to a folder. */
export interface FileChanges {
  /** New content of files that exist. */
  readonly replaced: ReadonlyMap<string, string>;
  /** Content of files that do not. */
  readonly added: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

/** What is needed to undo changes: the backup of a path is its position in both lists, replaced ones first. */
interface Journal {
  readonly replaced: readonly Written[];
  readonly removed: readonly string[];
  readonly added: readonly Written[];
  /** The folder did not exist. */
  readonly created: boolean;
}

interface Written {
  readonly path: string;
  readonly sha256: string;
}

/**
 * Changes files of a folder all or none. New content and backups are complete, and a journal of them is written, before
 * the first file is touched; if a change fails, those before it are undone. The journal of a process that was killed is
 * undone by the next one.
 */
export class Transaction {
  private readonly target: string;
  private readonly work: string;
  private readonly fs: FileSystem;

  /**
   * @param target the folder
   * @param work a folder on the same file system, held by this process alone
   */
  constructor(target: string, work: string, fs: FileSystem = nodeFileSystem) {
    this.target = target;
    this.work = work;
    this.fs = fs;
  }

  /** @throws the first error of the file system; the target is then as before */
  apply(changes: FileChanges): void {
    const journal = this.prepare(changes);
    try {
      this.change(journal);
      // From here on the changes are made.
      this.fs.rmSync(this.journal);
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /**
   * Undoes what a journal says, if there is one, except what somebody has changed since.
   *
   * @throws StillNeeded if that fails
   */
  undo(): void {
    if (!existsSync(this.journal)) return;
    try {
      const journal = JSON.parse(readFileSync(this.journal, 'utf8')) as Journal;
      journal.replaced.forEach((written, i) => this.isAsWritten(written) && this.restore(i, written.path));
      const { length } = journal.replaced;
      for (const written of journal.added) if (this.isAsWritten(written)) this.fs.rmSync(this.at(written.path));
      this.removeEmptyFolders(journal.added.map(({ path }) => path));
      journal.removed.forEach((path, i) => !existsSync(this.at(path)) && this.restore(length + i, path));
      if (journal.created && existsSync(this.target) && readdirSync(this.target).length === 0)
        this.fs.rmdirSync(this.target);
      this.fs.rmSync(this.journal);
    } catch (error) {
      throw new StillNeeded('dist was not put back', { cause: error });
    }
  }

  private get journal(): string {
    return join(this.work, 'journal.json');
  }

  private at(path: string): string {
    return join(this.target, path);
  }

  private staged(index: number): string {
    return join(this.work, 'new', String(index));
  }

  private backup(index: number): string {
    return join(this.work, 'old', String(index));
  }

  private prepare({ replaced, added, removed }: FileChanges): Journal {
    for (const folder of ['new', 'old']) {
      this.fs.rmSync(join(this.work, folder), { recursive: true, force: true });
      this.fs.mkdirSync(join(this.work, folder));
    }
    [...replaced.values(), ...added.values()].forEach((text, i) => this.fs.writeFileSync(this.staged(i), text));
    // Replaced by renaming, a file is never absent, nor half written, for who watches it.
    [...replaced.keys()].forEach((path, i) => this.fs.copyFileSync(this.at(path), this.backup(i)));
    const journal: Journal = {
      replaced: [...replaced].map(writtenOf),
      removed,
      added: [...added].map(writtenOf),
      created: !existsSync(this.target),
    };
    this.fs.writeFileSync(`${this.journal}.new`, JSON.stringify(journal));
    this.fs.renameSync(`${this.journal}.new`, this.journal);
    return journal;
  }

  /** Removes first: a file may be where a folder must be, and the reverse. */
  private change({ replaced, added, removed }: Journal): void {
    removed.forEach((path, i) => this.fs.renameSync(this.at(path), this.backup(replaced.length + i)));
    this.removeEmptyFolders(removed);
    [...replaced, ...added].forEach(({ path }, i) => {
      this.fs.mkdirSync(dirname(this.at(path)), { recursive: true });
      this.fs.renameSync(this.staged(i), this.at(path));
    });
  }

  private restore(index: number, path: string): void {
    // Not there if the process was killed before it got so far.
    if (!existsSync(this.backup(index))) return;
    this.fs.mkdirSync(dirname(this.at(path)), { recursive: true });
    this.fs.renameSync(this.backup(index), this.at(path));
  }

  private isAsWritten({ path, sha256 }: Written): boolean {
    const file = this.at(path);
    return existsSync(file) && lstatSync(file).isFile() && sha256Of(readFileSync(file)) === sha256;
  }

  private removeEmptyFolders(paths: readonly string[]): void {
    const folders = new Set(paths.flatMap(parents));
    // Deepest first.
    for (const folder of [...folders].sort((a, b) => b.length - a.length).map((path) => this.at(path)))
      if (existsSync(folder) && lstatSync(folder).isDirectory() && readdirSync(folder).length === 0)
        this.fs.rmdirSync(folder);
  }
}

function writtenOf([path, text]: readonly [string, string]): Written {
  return { path, sha256: sha256Of(text) };
}

function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function parents(path: string): string[] {
  const parent = dirname(path);
  return parent === '.' ? [] : [parent, ...parents(parent)];
}
