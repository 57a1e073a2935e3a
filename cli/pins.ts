import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, throwIfAny } from '../charts/fault.ts';
import { grouped } from '../charts/lib/grouped.ts';
import type { Pin } from '../charts/pins.ts';
import { type ComparedPin, type ComparedRing, countsByFile, linesOf, valuesOf } from './compared-pins.ts';
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
): Promise<ComparedRing[]> {
  const questions = new Map<string, Promise<Answer>>();
  const ask = (pin: Pin): Promise<Answer> => {
    const image = `${pin.packageName}:${pin.version}`;
    const answer = questions.get(image) ?? digestOf(pin, timeoutMs);
    questions.set(image, answer);
    return answer;
  };
  const rings: ComparedRing[] = [];
  const problems: Problem[] = [];
  for (const ring of await chooseRings(root, importer, asked)) {
    const images = pinsIn(root, ring).filter(({ pin }) => pin.datasource === 'docker');
    const found = await Promise.all(images.map(async (image) => ({ ...image, answer: await ask(image.pin) })));
    const unknown = write ? found.flatMap((one) => unknownOf(root, one)) : [];
    problems.push(...unknown);
    const wrote = write && unknown.length === 0 ? { wrote: written(root, found) } : {};
    rings.push({ ring: ring.name, pins: found.map(comparedTo), ...wrote });
  }
  throwIfAny(problems);
  return rings;
}

function comparedTo({ name, pin, file, answer }: Asked): ComparedPin {
  return { pin: name, of: `${pin.packageName}:${pin.version}`, file, ...valuesOf(pin.digest, answer) };
}

/** For each ring a summary, and a line for each image that is not as its pin says. */
export function imagesText(rings: readonly ComparedRing[]): string {
  return rings.flatMap((ring) => [summary(ring), ...linesOf(ring, (count) => countOf(count, 'digest'))]).join('\n');
}

function summary({ ring, pins: images }: ComparedRing): string {
  const known = images.filter(({ found }) => found !== undefined).length;
  const unpinned = images.filter(({ pinned }) => pinned === undefined).length;
  return `${ring}: ${countOf(images.length, 'image')}: ${known} known to their registries, ${images.length - known} unknown; ${unpinned} without a digest`;
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

/** @returns how many digests each file got */
function written(root: string, found: readonly Asked[]): Record<string, number> {
  const changes = found.flatMap(({ name, pin, file, answer }) =>
    'digest' in answer && answer.digest !== pin.digest
      ? [{ file, change: [name, 'digest', answer.digest] as const }]
      : [],
  );
  for (const [file, own] of grouped(changes, ({ file: of }) => of))
    writePins(
      join(root, file),
      own.map(({ change }) => change),
    );
  return countsByFile(changes);
}
