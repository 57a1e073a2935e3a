import type { Attempt, Seen } from './attempts.ts';
import type { Expectation, Target } from './model.ts';
import { keyOf } from './targets.ts';

/** True if an attempt shows that the way to the target is free, whether or not something listens there. */
export function reached({ outcome }: Attempt): boolean {
  return outcome === 'open' || outcome === 'closed';
}

/** The expectations that what was seen contradicts. Those that NetworkPolicy leaves open contradict nothing. */
export function contradicted(expected: readonly Expectation[], seen: Seen): Expectation[] {
  return expected.filter((one) => {
    if (one.verdict === 'unspecified') return false;
    const attempt = attemptOf(seen, one);
    return !attempt || reached(attempt) !== (one.verdict === 'allowed');
  });
}

/** The differences between the model and what was seen, a line each; empty if there are none. */
export function compare(expected: readonly Expectation[], seen: Seen): string[] {
  return contradicted(expected, seen).map((one) => {
    const attempt = attemptOf(seen, one);
    return `${one.source} → ${targetText(one.target)}: ${one.verdict} (${one.by}), but ${attempt ? attemptText(attempt) : 'not tried'}`;
  });
}

/** Service ports that a policy opens to pods and on which nothing listens, a line each. All pods must be ready. */
export function unserved(expected: readonly Expectation[], seen: Seen): string[] {
  const closed = expected.filter(
    (one) => one.verdict === 'allowed' && one.target.service && attemptOf(seen, one)?.outcome === 'closed',
  );
  return byTarget(closed).map(
    ([target, sources]) => `${targetText(target)}: nothing listens, although it is open to ${sources.join(', ')}`,
  );
}

/**
 * Targets that not even the node reaches, to which no policy applies, a line each: that pods do not reach them proves
 * nothing.
 *
 * @param node name of the source of these attempts
 */
export function unproven(targets: readonly Target[], seen: Seen, node: string): string[] {
  return targets.flatMap((target) => {
    const attempt = seen.get(node)?.get(keyOf(target));
    if (attempt && reached(attempt)) return [];
    return [
      `${targetText(target)}: the node does not reach it either (${attempt ? attemptText(attempt) : 'not tried'})`,
    ];
  });
}

/** Who may reach what, a line for each target, for a person to read. */
export function table(expected: readonly Expectation[]): string[] {
  const allowed = expected.filter(({ verdict, source, target }) => verdict === 'allowed' && !isOwn(source, target));
  return byTarget(allowed).map(([target, sources]) => `${targetText(target)} ← ${sources.join(', ')}`);
}

function isOwn(source: string, { name }: Target): boolean {
  return name.split(' = ').some((one) => one.startsWith(`Pod ${source}:`));
}

function byTarget(expected: readonly Expectation[]): [Target, string[]][] {
  const found = new Map<Target, string[]>();
  for (const { source, target } of expected) found.set(target, [...(found.get(target) ?? []), source]);
  return [...found];
}

function attemptOf(seen: Seen, { source, target }: Expectation): Attempt | undefined {
  return seen.get(source)?.get(keyOf(target));
}

function targetText({ name, address, port, protocol }: Target): string {
  return `${name} (${protocol} ${address}:${port})`;
}

function attemptText({ outcome, detail }: Attempt): string {
  return detail ? `${outcome}: ${detail}` : outcome;
}
