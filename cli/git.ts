import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault } from '../charts/fault.ts';

/** Far above every listing and every batch of objects. */
const MAX_BYTES = 2 ** 31 - 1;

/** What Git says of one object of a tree. */
export interface GitFile {
  /** Relative to the repository's folder: `dist/local/mongo/Service.mongo.yaml`. */
  readonly path: string;
  readonly sha: string;
}

/** A file that is not the same in two trees; without an object where there is none. */
export interface GitChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** When something landed on a branch, and with what. */
export interface Landing {
  readonly time: Date;
  /** The short name and the subject of the commit. */
  readonly commit: string;
}

/** Texts of files by path; undefined for a file that is not there. */
export type FileTexts = ReadonlyMap<string, string | undefined>;

/** A Git repository. It is read; what changes it is `commitPaths`, and who calls `run` for that. */
export class Git {
  readonly #root: string;
  readonly #env: NodeJS.ProcessEnv;
  #shallow: boolean | undefined;

  constructor(root: string, env: NodeJS.ProcessEnv = {}) {
    this.#root = root;
    this.#env = env;
  }

  /** @throws Fault if there is no Git, or the folder is in no repository */
  static open(root: string): Git {
    const git = new Git(root);
    git.run(['rev-parse', '--git-dir'], 'this folder is in no Git repository', 'run it in a clone of the repository');
    return git;
  }

  /** The commit that a name means. @throws Fault if there is none */
  commit(name: string): string {
    return this.run(
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`],
      `there is no commit "${name}"`,
      () => this.#unlessShallow('fetch it (git fetch), or name another commit'),
    )
      .toString()
      .trim();
  }

  /** True if Git is told to sign commits. */
  signs(): boolean {
    const args = ['config', '--type=bool', '--default=false', '--get', 'commit.gpgsign'];
    return this.run(args, 'commit.gpgsign cannot be read').toString().trim() === 'true';
  }

  /** True if a name means a commit. */
  has(name: string): boolean {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    return spawnSync('git', args, { cwd: this.#root, env: { ...process.env, ...this.#env } }).status === 0;
  }

  /** The commit at which two histories part. @throws Fault if they have none in common, as in a shallow clone */
  mergeBase(one: string, other: string): string {
    return this.run(['merge-base', one, other], `${one} and ${other} have no commit in common`, () =>
      this.#unlessShallow('name a commit of this history: --base COMMIT'),
    )
      .toString()
      .trim();
  }

  /** Its short name. */
  short(commit: string): string {
    return this.run(['rev-parse', '--short', commit], `there is no commit "${commit}"`).toString().trim();
  }

  /** The files of a tree or commit below some folders. */
  files(tree: string, folders: readonly string[]): GitFile[] {
    return this.#list(['-r', tree, '--', ...folders], tree);
  }

  /** The folders in a folder of a tree or commit. */
  folders(tree: string, folder: string): string[] {
    return this.#list(['-d', tree, '--', `${folder}/`], tree).map(({ path }) => path);
  }

  #list(args: readonly string[], tree: string): GitFile[] {
    const listing = this.run(['ls-tree', '-z', ...args], `the tree ${tree} cannot be read`).toString();
    const files: GitFile[] = [];
    // A hundred thousand lines: `MODE SP TYPE SP SHA TAB PATH NUL`.
    for (let at = 0; at < listing.length;) {
      const [tab, end] = [listing.indexOf('\t', at), listing.indexOf('\0', at)];
      files.push({ sha: listing.slice(listing.lastIndexOf(' ', tab) + 1, tab), path: listing.slice(tab + 1, end) });
      at = end + 1;
    }
    return files;
  }

  /** What differs in two trees or commits below some folders: Git skips folders that are the same in both. */
  changes(before: string, after: string, folders: readonly string[]): GitChange[] {
    const args = [
      'diff-tree',
      '-r',
      '-z',
      '--no-renames',
      '--no-abbrev',
      '--relative',
      before,
      after,
      '--',
      ...folders,
    ];
    const fields = this.run(args, `the trees ${before} and ${after} cannot be compared`).toString().split('\0');
    // In turn `:MODE MODE SHA SHA STATUS` and the path.
    return Array.from({ length: Math.floor(fields.length / 2) }, (_, i) => {
      const [, , old = '', now = '', status] = (fields[2 * i] ?? '').split(' ');
      return {
        path: fields[2 * i + 1] ?? '',
        before: status === 'A' ? undefined : old,
        after: status === 'D' ? undefined : now,
      };
    });
  }

  /** The contents of objects, in one process. */
  contents(shas: readonly string[]): Map<string, string> {
    if (shas.length === 0) return new Map();
    const found = new Map<string, string>();
    const bytes = this.run(['cat-file', '--batch'], 'objects cannot be read', undefined, `${shas.join('\n')}\n`);
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(10, at);
      const [sha = '', type, size] = bytes.toString('latin1', at, end).split(' ');
      if (type !== 'blob')
        throw new Fault({
          what: `the object ${sha} is missing from this clone`,
          where: this.#root,
          fix: 'fetch it: `git fetch --refetch`',
        });
      const start = end + 1;
      found.set(sha, bytes.toString('utf8', start, start + Number(size)));
      at = start + Number(size) + 1;
    }
    return found;
  }

  /**
   * Calls back with the tree that a commit of some folders, as they are now, would have, and a repository that has it.
   * Objects and index are in a folder of their own, which is removed.
   *
   * @throws Fault if a merge is not finished
   */
  withWorkingTree<T>(folders: readonly string[], use: (git: Git, tree: string) => T): T {
    this.#refuseConflicts(folders);
    return this.#apart((git, scratch) => {
      const index = this.#pathOf('index');
      if (existsSync(index)) copyIndex(index, join(scratch, 'index'));
      git.#forgetConflicts();
      git.run(
        ['add', '--all', '--', ...folders.filter((one) => existsSync(join(this.#root, one)))],
        'the working tree cannot be read',
      );
      return use(git, git.#writeTree());
    });
  }

  /**
   * Calls back with trees of a commit with other texts of some files, and a repository that has them. Objects are in a
   * folder of their own, which is removed.
   *
   * @param changes of each tree: texts by path; undefined for a file that it has not
   */
  withTrees<T>(commit: string, changes: readonly FileTexts[], use: (git: Git, trees: readonly string[]) => T): T {
    const prefix = this.run(['rev-parse', '--show-prefix'], 'Git cannot say where this is').toString().trim();
    return this.#apart((git, scratch) => {
      const trees = changes.map((texts) => {
        git.run(['read-tree', commit], `the commit ${commit} cannot be read`);
        const shas = git.#store(
          [...texts.values()].filter((text) => text !== undefined),
          scratch,
        );
        const lines = [...texts].map(([path, text]) =>
          text === undefined
            ? `0 ${'0'.repeat(commit.length)}\t${prefix}${path}\0`
            : `100644 ${shas.get(text)}\t${prefix}${path}\0`,
        );
        git.run(['update-index', '-z', '--index-info'], 'a tree cannot be made', undefined, lines.join(''));
        return git.#writeTree();
      });
      return use(git, trees);
    });
  }

  /** Stores texts. @returns the names of their objects */
  #store(texts: readonly string[], scratch: string): Map<string, string> {
    const files = texts.map((text, i) => {
      const file = join(scratch, `text-${i}`);
      writeFileSync(file, text);
      return file;
    });
    const shas = this.run(
      ['hash-object', '-w', '--no-filters', '--stdin-paths'],
      'a text cannot be stored',
      undefined,
      files.map((file) => `${file}\n`).join(''),
    )
      .toString()
      .split('\n');
    return new Map(texts.map((text, i) => [text, shas[i] ?? '']));
  }

  #writeTree(): string {
    return this.run(['write-tree'], 'a tree cannot be written').toString().trim();
  }

  /** Calls back with this repository, whose index and new objects are in a folder that is removed. */
  #apart<T>(use: (git: Git, scratch: string) => T): T {
    const scratch = mkdtempSync(join(tmpdir(), 'slipway-plan-'));
    try {
      const own = join(scratch, 'objects');
      mkdirSync(own);
      const others = [this.#pathOf('objects'), process.env['GIT_ALTERNATE_OBJECT_DIRECTORIES']];
      const git = new Git(this.#root, {
        GIT_INDEX_FILE: join(scratch, 'index'),
        GIT_OBJECT_DIRECTORY: own,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: others.filter(Boolean).join(':'),
      });
      return use(git, scratch);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** What is not committed in some folders, as `git status` names it. */
  uncommitted(folders: readonly string[]): string[] {
    return this.run(
      ['status', '--porcelain', '--untracked-files=normal', '--', ...folders],
      'the working tree cannot be read',
    )
      .toString()
      .split('\n')
      .filter(Boolean);
  }

  /** Who commits, as `Name <address>`. */
  user(): string {
    const ident = this.run(
      ['var', 'GIT_COMMITTER_IDENT'],
      'Git does not know who commits',
      'git config user.name NAME; git config user.email ADDRESS',
    ).toString();
    return ident.slice(0, ident.lastIndexOf('>') + 1);
  }

  /** The branch that is checked out; undefined if HEAD is detached. */
  branch(): string | undefined {
    const name = this.run(['branch', '--show-current'], 'Git cannot say which branch this is').toString().trim();
    return name === '' ? undefined : name;
  }

  /**
   * The last commit of a branch itself, not of what was merged into it, that changed one of some files.
   *
   * @throws Fault if the clone is shallow: what is older is not known
   */
  lastChange(tip: string, paths: readonly string[]): Landing | undefined {
    this.#refuseShallow('since when a file has been as it is');
    const args = ['log', '-1', '--first-parent', '--no-show-signature', '--format=%ct %h %s', tip, '--', ...paths];
    const [, seconds, commit = ''] = /^(\d+) (.*)/.exec(this.run(args, 'the history cannot be read').toString()) ?? [];
    return seconds === undefined ? undefined : { time: new Date(Number(seconds) * 1000), commit };
  }

  /**
   * The last commits of a branch itself that changed one of some paths, the newest first.
   *
   * @throws Fault if the clone is shallow: what is older is not known
   */
  changesOf(tip: string, paths: readonly string[], count: number): string[] {
    this.#refuseShallow('what a file was before');
    return this.run(
      ['log', `-${count}`, '--first-parent', '--format=%H', tip, '--', ...paths],
      'the history cannot be read',
    )
      .toString()
      .split('\n')
      .filter(Boolean);
  }

  /** The text of a file at a commit; undefined if it has none there. */
  textAt(commit: string, path: string): string | undefined {
    const [file] = this.files(commit, [path]);
    return file && this.contents([file.sha]).get(file.sha);
  }

  /**
   * Commits some paths, as they are in the working tree, and nothing else of the index.
   *
   * @returns the commit
   * @throws Fault if Git refuses, as a hook may: the change stays in the working tree
   */
  commitPaths(message: string, paths: readonly string[]): string {
    const what = 'the change is written, but was not committed';
    const fix = `put right what Git says, then commit it yourself, with this message:\n\n${message}`;
    const from = ['--pathspec-from-file=-', '--pathspec-file-nul'];
    const list = paths.join('\0');
    this.run(['--literal-pathspecs', 'add', '--all', ...from], what, fix, list);
    this.run(
      ['--literal-pathspecs', 'commit', '--quiet', `--message=${message}`, '--cleanup=verbatim', ...from],
      what,
      fix,
      list,
    );
    return this.commit('HEAD');
  }

  #refuseShallow(unknown: string): void {
    if (!this.isShallow()) return;
    throw new Fault({
      what: `this clone is shallow: ${unknown}, cannot be said`,
      where: this.#root,
      fix: 'fetch the rest: `git fetch --unshallow`',
    });
  }

  #refuseConflicts(folders: readonly string[]): void {
    const unmerged = this.run(
      ['ls-files', '--unmerged', '-z', '--', ...folders],
      'the index cannot be read',
    ).toString();
    if (unmerged === '') return;
    throw new Fault({
      what: 'a merge is not finished: dist is neither its one side nor the other',
      where: unmerged.split('\0')[0]?.split('\t')[1],
      fix: 'resolve the sources, run "npm run synth", and commit',
    });
  }

  /** Conflicts elsewhere, in sources, are no obstacle: their files are not in the tree. */
  #forgetConflicts(): void {
    const paths = this.run(['ls-files', '--unmerged', '-z'], 'the index cannot be read')
      .toString()
      .split('\0')
      .flatMap((line) => line.split('\t')[1] ?? []);
    if (paths.length === 0) return;
    this.run(
      ['update-index', '--force-remove', '-z', '--stdin'],
      'the index cannot be read',
      undefined,
      paths.join('\0'),
    );
  }

  #pathOf(name: string): string {
    return resolve(
      this.#root,
      this.run(['rev-parse', '--git-path', name], 'Git cannot say where it is').toString().trim(),
    );
  }

  /** Whether older history is not known. Git is asked once. */
  isShallow(): boolean {
    this.#shallow ??=
      this.run(['rev-parse', '--is-shallow-repository'], 'Git cannot say what this is').toString().trim() === 'true';
    return this.#shallow;
  }

  #unlessShallow(fix: string): string {
    return this.isShallow() ? 'this clone is shallow: fetch the rest with `git fetch --unshallow`' : fix;
  }

  /**
   * Runs Git.
   *
   * @param fix what to do if it fails; asked for only then
   * @returns its output
   * @throws Fault with what it says
   */
  run(
    args: readonly string[],
    what: string,
    fix: string | (() => string) = 'put right what Git says, then run it again',
    input?: string,
  ): Buffer {
    const { status, error, stdout, stderr } = spawnSync('git', args, {
      cwd: this.#root,
      env: { ...process.env, ...this.#env },
      input,
      maxBuffer: MAX_BYTES,
    });
    if (error && (error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Fault({ what: 'there is no program git', where: 'PATH', fix: 'install Git' });
    if (status === 0) return stdout;
    const seen = (error?.message ?? stderr.toString()).trim().split('\n').at(-1);
    throw new Fault({ what, where: this.#root, ...(seen && { seen }), fix: typeof fix === 'string' ? fix : fix() });
  }
}

/**
 * Copies an index, older by a second than it is: Git looks into a file that is as new as the index, since its size and
 * time may be those of an earlier content (git-scm.com/docs/racy-git).
 */
function copyIndex(from: string, to: string): void {
  copyFileSync(from, to);
  const seconds = statSync(from).mtimeMs / 1000 - 1;
  utimesSync(to, seconds, seconds);
}
