import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, throwIfAny } from '../charts/fault.ts';
import { type Pin, pinsSchema } from '../charts/pins.ts';
import { checkJson } from './check.ts';
import { chooseClusters, pinsFile } from './load.ts';
import { lineInJson } from './locate.ts';
import { writePins } from './pins-file.ts';
import { type Answer, digestOf, TIMEOUT_MS } from './registry.ts';
import { countOf, type Workspace } from './synth.ts';

/** Options of `slipway pins`. */
interface PinsOptions {
  /** Writes the digests into pins.json. */
  readonly write: boolean;
  /** @default TIMEOUT_MS */
  readonly timeoutMs?: number;
}

/** An image pin, and what its registry says. */
interface Asked {
  readonly name: string;
  readonly pin: Pin;
  readonly answer: Answer;
}

/**
 * `slipway pins [CLUSTER…]`: asks the registries for the digest of each image's tag, and compares it with pins.json.
 * With `write`, pins.json gets them, of a cluster whose images are all known: to pin only some would leave open which of
 * the others was reviewed.
 *
 * @throws Fault with `write`, for each image whose digest is not known
 */
export async function pins(
  { root }: Workspace,
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
  for (const cluster of chooseClusters(root, asked)) {
    const file = pinsFile(cluster);
    const images = Object.entries(checkJson(pinsSchema, file, root)).filter(([, pin]) => pin.datasource === 'docker');
    const found = await Promise.all(images.map(async ([name, pin]) => ({ name, pin, answer: await ask(pin) })));
    lines.push(...listing(cluster, found));
    if (!write) continue;
    const unknown = found.flatMap((one) => unknownOf(root, file, one));
    problems.push(...unknown);
    if (unknown.length === 0) lines.push(written(join(root, file), file, found));
  }
  throwIfAny(problems);
  return lines.join('\n');
}

/** A line for each image that is not as pins.json says, and a summary. */
function listing(cluster: string, found: readonly Asked[]): string[] {
  const known = found.filter(({ answer }) => 'digest' in answer).length;
  const unpinned = found.filter(({ pin }) => pin.digest === undefined).length;
  return [
    `${cluster}: ${countOf(found.length, 'image')}: ${known} known to their registries, ${found.length - known} unknown; ${unpinned} without a digest in pins.json`,
    ...found.flatMap(({ name, pin, answer }) => {
      const image = `  ${name} (${pin.packageName}:${pin.version})`;
      if ('unknown' in answer) return [`${image}: unknown: ${answer.unknown}`];
      if (pin.digest === undefined) return [`${image}: ${answer.digest}`];
      return answer.digest === pin.digest
        ? []
        : [`${image}: ${answer.digest}, but pins.json has ${pin.digest}: the version was edited, or the tag was moved`];
    }),
  ];
}

function unknownOf(root: string, file: string, { name, pin, answer }: Asked): Problem[] {
  if ('digest' in answer) return [];
  return [
    {
      what: `the digest of pin "${name}" is not known: ${answer.unknown}`,
      file: `${file}:${lineInJson(readFileSync(join(root, file), 'utf8'), [name])}`,
      seen: `${pin.packageName}:${pin.version}`,
      fix: 'correct the pin, or run it again where the registry can be reached: nothing was written for this cluster',
    },
  ];
}

function written(path: string, file: string, found: readonly Asked[]): string {
  const changes = found.flatMap(({ name, pin, answer }) =>
    'digest' in answer && answer.digest !== pin.digest ? [[name, 'digest', answer.digest] as const] : [],
  );
  if (changes.length > 0) writePins(path, changes);
  return `${file}: ${changes.length > 0 ? `wrote ${countOf(changes.length, 'digest')}` : 'unchanged'}`;
}
