import { grouped } from '../charts/lib/grouped.ts';
import type { Answer } from './registry.ts';

/** What a pin says, and what its repository or registry does. */
export interface ComparedPin {
  readonly pin: string;
  /** What was asked about: an image with its tag, a release, or a file of one. */
  readonly of: string;
  /** The file of pins that has it. */
  readonly file: string;
  /** The commit, digest or checksum that it says. */
  readonly pinned?: string;
  readonly found?: string;
  /** Why none was found. */
  readonly unknown?: string;
}

/** The pins of a ring, with how many values were written into which files. */
export interface ComparedRing {
  readonly ring: string;
  readonly pins: readonly ComparedPin[];
  /** Not there if nothing was to be written. */
  readonly wrote?: Readonly<Record<string, number>>;
}

/** What a pin says and what was answered. */
export function valuesOf(
  pinned: string | undefined,
  answer: Answer,
): Pick<ComparedPin, 'pinned' | 'found' | 'unknown'> {
  return {
    ...(pinned !== undefined && { pinned }),
    ...('digest' in answer ? { found: answer.digest } : { unknown: answer.unknown }),
  };
}

/** True if an answer is another one than the pin says. */
export function differs({ pinned, found }: ComparedPin): boolean {
  return pinned !== undefined && found !== undefined && found !== pinned;
}

/** A line for each pin that does not say what was found, and for each file that was written. */
export function linesOf({ ring, pins, wrote }: ComparedRing, written: (count: number) => string): string[] {
  const files = Object.entries(wrote ?? {});
  return [
    ...pins.filter(({ pinned, found }) => found === undefined || found !== pinned).map(lineOf),
    ...files.map(([file, count]) => `${file}: wrote ${written(count)}`),
    ...(wrote && files.length === 0 ? [`${ring}: unchanged`] : []),
  ];
}

function lineOf(compared: ComparedPin): string {
  const { pin, of, file, pinned, found, unknown } = compared;
  const answer = unknown === undefined ? found : `unknown: ${unknown}`;
  const but = differs(compared) ? `, but ${file} has ${pinned}: the version was edited, or the tag was moved` : '';
  return `  ${pin} (${of}): ${answer}${but}`;
}

/** How many of some changes are in each file. */
export function countsByFile(changes: readonly { readonly file: string }[]): Record<string, number> {
  return Object.fromEntries([...grouped(changes, ({ file }) => file)].map(([file, own]) => [file, own.length]));
}
