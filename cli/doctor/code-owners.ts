import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where GitHub looks for the file, in this order: the first one that is there counts. */
export const CODE_OWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

interface Rule {
  readonly pattern: RegExp;
  readonly owners: readonly string[];
}

/**
 * Who has to approve changes of a path, as GitHub reads CODEOWNERS: the last rule that matches counts, and each of its owners
 * may approve alone.
 *
 * Source: docs.github.com, "About code owners".
 */
export class CodeOwners {
  private readonly rules: readonly Rule[];

  constructor(text: string) {
    this.rules = text.split('\n').flatMap((line) => ruleOf(line));
  }

  /** The repository's file, with its path. */
  static read(root: string): { readonly file: string; readonly owners: CodeOwners } {
    const file = CODE_OWNERS.find((path) => existsSync(join(root, path)));
    return file === undefined
      ? { file: 'CODEOWNERS', owners: new CodeOwners('') }
      : { file, owners: new CodeOwners(readFileSync(join(root, file), 'utf8')) };
  }

  /** @param path of a file, from the repository's root, or of a folder, which ends with a slash: of any file in it */
  of(path: string): readonly string[] {
    // A name that no pattern is likely to name.
    const file = path.endsWith('/') ? `${path}-/-` : path;
    return this.rules.findLast(({ pattern }) => pattern.test(file))?.owners ?? [];
  }

  /** Whether none but these may approve changes of a path, and one of them has to. */
  leaves(path: string, approvers: readonly string[]): boolean {
    const owners = this.of(path);
    return owners.length > 0 && owners.every((owner) => approvers.includes(owner));
  }
}

function ruleOf(line: string): Rule[] {
  const [pattern = '', ...owners] = line
    .replace(/(^|\s)#.*$/, '')
    .trim()
    // A space in a path is written after a backslash.
    .split(/(?<!\\)\s+/);
  return pattern === '' ? [] : [{ pattern: patternOf(pattern.replaceAll('\\ ', ' ')), owners }];
}

/**
 * As in .gitignore, but that a last segment of `*` alone means files of that folder, not those of folders in it; ranges and
 * negations do not exist.
 */
function patternOf(text: string): RegExp {
  const isFolder = text.endsWith('/');
  const segments = text.replace(/^\/|\/$/g, '').split('/');
  const isAnchored = text.startsWith('/') || segments.length > 1;
  const source = segments
    .map((segment, i) => {
      const isLast = i === segments.length - 1;
      if (segment === '**') return isLast ? '.*' : '(?:.*/)?';
      const plain = segment
        .replace(/[\\^$+.()|[\]{}]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]');
      return isLast ? plain : `${plain}/`;
    })
    .join('');
  const below = isFolder ? '/.*' : segments.at(-1) === '*' && segments.length > 1 ? '' : '(?:/.*)?';
  return new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${source}${below}$`);
}
