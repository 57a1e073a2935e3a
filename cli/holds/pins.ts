import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { type Exception, exceptionsSchema, hasVersionOf, type Pin, pinsSchema, versionOf } from '../../charts/pins.ts';
import { ringOf } from '../../charts/rings.ts';
import { parseJson } from '../check.ts';
import type { FileTexts, Git } from '../git.ts';
import {
  changedExceptions,
  componentOf,
  exceptionsFile,
  exceptionsOf,
  pinFilesOf,
  withoutNeedless,
} from '../pin-files.ts';
import type { Opened } from './open.ts';
import type { Reason } from './reason.ts';

type Pinned = Readonly<Record<string, Pin>>;
type Exceptions = Readonly<Record<string, Exception>>;

/**
 * Texts of files that give clusters the versions of a component that they had at a commit: of its ring's pins, or of one
 * cluster's exceptions. Exceptions that would have no effect any more go.
 *
 * @param alone the cluster, if it is not all of the ring
 * @returns undefined if there were no such pins, or they were the same
 */
export function pinTexts(
  { git, rings, clusters: [first = ''] }: Opened,
  root: string,
  component: string,
  target: string,
  alone: string | undefined,
  reason: Reason,
): FileTexts | undefined {
  const ring = ringOf(rings, first);
  const files = pinFilesOf(root, ring.name);
  const names = files.map((one) => one.component);
  // Instances share the pins of their component.
  const name = componentOf(`${component}/`, names);
  const now = files.find((one) => one.component === name);
  const before = now && valueAt(git, target, now.file, pinsSchema);
  if (now === undefined || before === undefined) return undefined;
  const texts =
    alone === undefined
      ? [[now.file, git.textAt(target, now.file)] as const, ...withoutNeedless(root, ring, (pin) => before[pin])]
      : ofCluster(git, root, target, alone, now.pins, before, reason);
  return alone === undefined && isDeepStrictEqual(now.pins, before) ? undefined : orNone(texts);
}

function orNone(texts: readonly (readonly [string, string | undefined])[]): FileTexts | undefined {
  return texts.length > 0 ? new Map(texts) : undefined;
}

function ofCluster(
  git: Git,
  root: string,
  target: string,
  cluster: string,
  now: Pinned,
  ring: Pinned,
  { because, until }: Reason,
) {
  const all = exceptionsOf(root, cluster);
  const own: Exceptions = valueAt(git, target, exceptionsFile(cluster), exceptionsSchema) ?? {};
  const next = new Map(Object.entries(all));
  for (const [name, pin] of Object.entries(now)) {
    const was = own[name] ?? ring[name];
    const is = all[name] ?? pin;
    if (was === undefined || hasVersionOf(is, was)) continue;
    if (hasVersionOf(pin, was)) next.delete(name);
    else next.set(name, { ...versionOf(was), because, until });
  }
  return changedExceptions(cluster, all, [...next]);
}

/** What a file said at a commit; undefined if there was none, or none of today's form. */
function valueAt<S extends z.ZodType>(git: Git, commit: string, file: string, schema: S): z.output<S> | undefined {
  const text = git.textAt(commit, file);
  return text === undefined ? undefined : schema.safeParse(parseJson(text, file).value).data;
}
