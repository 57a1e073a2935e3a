import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Git } from '../git.ts';

/** Files of a commit in a folder of their own, with an index of their own: the repository's working tree stays as it is. */
export class Checkout {
  readonly folder: string;
  readonly #scratch = mkdtempSync(join(tmpdir(), 'slipway-upgrade-'));
  readonly #git: Git;

  /** @param without folders that are not needed */
  constructor(git: Git, commit: string, without: readonly string[]) {
    this.folder = join(this.#scratch, 'files');
    mkdirSync(this.folder);
    this.#git = new Git(this.folder, {
      GIT_DIR: git.run(['rev-parse', '--absolute-git-dir'], 'Git cannot say where it is').toString().trim(),
      GIT_WORK_TREE: this.folder,
      GIT_INDEX_FILE: join(this.#scratch, 'index'),
    });
    this.#git.run(['read-tree', commit], `the commit ${commit} cannot be read`);
    for (const folder of without) this.#forget(folder);
    this.#write();
  }

  /** Replaces a folder, if it is there, by that of another commit. */
  replace(folder: string, commit: string): void {
    rmSync(join(this.folder, folder), { recursive: true, force: true });
    this.#replaceInIndex(folder, commit);
    this.#write();
  }

  /**
   * The files as a tree.
   *
   * @param folders those that are as another commit has them, whatever was written there
   * @param but files in these that are as they were written
   */
  tree(folders: readonly string[], commit: string, but: readonly string[]): string {
    const what = 'the edited files cannot be read';
    this.#git.run(['add', '--all'], what);
    for (const folder of folders) this.#replaceInIndex(folder, commit);
    if (but.length > 0) this.#git.run(['add', '--', ...but], what);
    return this.#git.run(['write-tree'], 'a tree cannot be written').toString().trim();
  }

  delete(): void {
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  #replaceInIndex(folder: string, commit: string): void {
    this.#forget(folder);
    if (this.#git.files(commit, [folder]).length > 0)
      this.#git.run(['read-tree', `--prefix=${folder}/`, `${commit}:${folder}`], `${folder} cannot be read`);
  }

  #forget(folder: string): void {
    this.#git.run(
      ['rm', '-r', '--cached', '--quiet', '--ignore-unmatch', '--', folder],
      `${folder} cannot be left out`,
    );
  }

  #write(): void {
    this.#git.run(['checkout-index', '--all', '--index', '--quiet'], 'files cannot be written');
  }
}
