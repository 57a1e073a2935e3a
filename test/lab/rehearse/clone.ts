import { join } from 'node:path';
import { git } from '../git.ts';

/** A clone of the repository, whose work tree is in turn that of the base and of HEAD. */
export class Clone {
  readonly folder: string;

  /** @param folder where it is made; what it is in must be there, and is removed by the caller */
  constructor(repository: string, folder: string) {
    this.folder = folder;
    // Objects are read where they are.
    git(repository, 'clone', '--quiet', '--shared', '--no-checkout', repository, folder);
  }

  checkout(commit: string): void {
    git(this.folder, 'checkout', '--quiet', '--detach', commit);
  }

  /** The folder that a cluster is rendered into. */
  dist(cluster: string): string {
    return join(this.folder, 'dist', cluster);
  }

  /** The folders of a cluster with differences between two commits. */
  changedFolders(cluster: string, base: string, head: string): Set<string> {
    const start = `dist/${cluster}/`;
    const paths = git(this.folder, 'diff', '--name-only', '--no-renames', '-z', base, head, '--', start).split('\0');
    const inside = paths.map((path) => path.slice(start.length)).filter((path) => path.includes('/'));
    return new Set(inside.map((path) => path.slice(0, path.indexOf('/'))));
  }
}
