import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, throwIfAny } from '../charts/fault.ts';
import { grouped } from '../charts/lib/grouped.ts';
import type { Pin } from '../charts/pins.ts';
import { lineInJson } from './locate.ts';
import { pinsIn, type WrittenPin } from './pin-files.ts';
import { writePins } from './pin-changes.ts';
import { type Answer, digestOf, TIMEOUT_MS } from './registry.ts';
import { chooseRings } from './rings.ts';
import { countOf, type Workspace } from './synth.ts';

/** Options of `slipway pins`. */
interface PinsOptions {
  /** Writes the digests into the files of pins. */
  readonly write: boolean;
  /** @default TIMEOUT_MS */
  readonly timeoutMs?: number;
}

/** An image pin, and what its registry says. */
interface Asked extends WrittenPin {
  readonly answer: Answer;
}

/**
 * `slipway pins [RING…]`: asks the registries for the digest of each image's tag, and compares it with the pins. With
 * `write`, the files get them, of a ring whose images are all known: to pin only some would leave open which of the others
 * was reviewed.
 *
 * @throws Fault with `write`, for each image whose digest is not known
 */
export async function pins(
  { root, importer }: Pick<Workspace, 'root' | 'importer'>,
  asked: readonly string[],
  { write, timeoutMs = TIMEOUT_MS }: PinsOptions,
): Promise<string> {
  const questions = new Map<string, Promise<Answer>>();
  const ask = (pin: Pin): Promise<Answer> => {
    const image = `${pin.packageName}:${pin.version}`;
    const answer = questions.get(image) ?? digestOf(pin, timeoutMs);
    questions.set(image, answer);
    return answer;
  };
  const lines: string[] = [];
  const problems: Problem[] = [];
  for (const ring of await chooseRings(root, importer, asked)) {
    const images = pinsIn(root, ring).filter(({ pin }) => pin.datasource === 'docker');
    const found = await Promise.all(images.map(async (image) => ({ ...image, answer: await ask(image.pin) })));
    lines.push(...listing(ring.name, found));
    if (!write) continue;
    const unknown = found.flatMap((one) => unknownOf(root, one));
    problems.push(...unknown);
    if (unknown.length === 0) lines.push(...written(root, ring.name, found));
  }
  throwIfAny(problems);
  return lines.join('\n');
}

/** A line for each image that is not as its pin says, and a summary. */
function listing(ring: string, found: readonly Asked[]): string[] {
  const known = found.filter(({ answer }) => 'digest' in answer).length;
  const unpinned = found.filter(({ pin }) => pin.digest === undefined).length;
  return [
    `${ring}: ${countOf(found.length, 'image')}: ${known} known to their registries, ${found.length - known} unknown; ${unpinned} without a digest`,
    ...found.flatMap(({ name, pin, file, answer }) => {
      const image = `  ${name} (${pin.packageName}:${pin.version})`;
      if ('unknown' in answer) return [`${image}: unknown: ${answer.unknown}`];
      if (pin.digest === undefined) return [`${image}: ${answer.digest}`];
      return answer.digest === pin.digest
        ? []
        : [`${image}: ${answer.digest}, but ${file} has ${pin.digest}: the version was edited, or the tag was moved`];
    }),
  ];
}

function unknownOf(root: string, { name, pin, file, answer }: Asked): Problem[] {
  if ('digest' in answer) return [];
  return [
    {
      what: `the digest of pin "${name}" is not known: ${answer.unknown}`,
      file: `${file}:${lineInJson(readFileSync(join(root, file), 'utf8'), [name])}`,
      seen: `${pin.packageName}:${pin.version}`,
      fix: 'correct the pin, or run it again where the registry can be reached: nothing was written for this ring',
    },
  ];
}

function written(root: string, ring: string, found: readonly Asked[]): string[] {
  const changes = grouped(
    found.flatMap(({ name, pin, file, answer }) =>
      'digest' in answer && answer.digest !== pin.digest
        ? [{ file, change: [name, 'digest', answer.digest] as const }]
        : [],
    ),
    ({ file }) => file,
  );
  for (const [file, ofFile] of changes)
    writePins(
      join(root, file),
      ofFile.map(({ change }) => change),
    );
  return changes.size === 0
    ? [`${ring}: unchanged`]
    : [...changes].map(([file, { length }]) => `${file}: wrote ${countOf(length, 'digest')}`);
}
