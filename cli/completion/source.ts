import type { Argument, Option } from '../commands/command.ts';
import type { Subcommands } from '../commands/table.ts';

/** What completes a word. */
export type Completed =
  | { readonly kind: 'words' | 'list'; readonly words: readonly string[] }
  /** Names that the repository has between the two. */
  | { readonly kind: 'names'; readonly before: string; readonly after: string }
  | { readonly kind: 'file' | 'commit' | 'text' };

/** What completes an argument, or the value of an option. */
export function completed({ from, choices, ...word }: Argument | Option, commands: Subcommands): Completed {
  if (choices) return { kind: 'list' in word && word.list ? 'list' : 'words', words: choices };
  if (from === undefined) return { kind: 'text' };
  if (from === 'subcommand') return { kind: 'words', words: Object.keys(commands) };
  if (from === 'file' || from === 'commit') return { kind: from };
  const [before = '', after = ''] = from.split('*');
  return { kind: 'names', before, after };
}

/** True for an option that a value follows. */
export function isValued([, { value }]: readonly [string, Option]): boolean {
  return value !== undefined;
}
