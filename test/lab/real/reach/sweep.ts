import type { Manifest } from '../../../../charts/lib/manifest.ts';
import { type Attempt, attempts, type AttemptOptions, type Seen, type Source } from './attempts.ts';
import { compare, contradicted, unproven, unserved } from './compare.ts';
import { type ApiServerAddress, expected, type Expectation, type LiveObjects, runs } from './model.ts';
import { places, targetsOf, WITHOUT_IPV6 } from './targets.ts';

/** What a sweep needs beside the objects. */
export interface SweepOptions extends AttemptOptions {
  readonly apiServer: ApiServerAddress;
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** An address outside the cluster to which the node has a route. */
  readonly outside: string;
  /** Path of a pod's network namespace. */
  readonly netns: (pod: Manifest) => string;
  /** Path of a node's, to show that the targets exist; undefined if the caller is in it. */
  readonly nodeNetns: string | undefined;
}

/** The result of a sweep: equal to the policies if `differences` is empty. */
export interface Sweep {
  readonly differences: readonly string[];
  /** Ports that a policy opens and on which nothing listens. */
  readonly unserved: readonly string[];
  /** Targets whose denial proves nothing. */
  readonly unproven: readonly string[];
  readonly leftOut: readonly string[];
  /** For a summary: how many connections were allowed, denied and not decided. */
  readonly counts: Readonly<Record<Expectation['verdict'], number>>;
}

/** The name of the attempts made from a node. */
const NODE = 'the node';

/** For the second attempt at what differs: past the second repetition of a lost SYN. */
const PATIENT_MS = 4000;

/**
 * Tries every target from every running pod, and compares the outcome with the policies. What differs is tried once more,
 * for longer: a busy machine answers late, and policies of a new pod take effect after it has started.
 */
export async function sweep(objects: LiveObjects, options: SweepOptions): Promise<Sweep> {
  const others = places(options.nodes, options.apiServer, options.outside);
  const { targets, leftOut } = targetsOf(objects, others);
  const model = expected(objects, targets, options.apiServer);
  const sources = sourcesOf(objects, options);
  const node: Source = { name: NODE, netns: options.nodeNetns };
  const first = await attempts(
    [node, ...sources.values()].map((source) => ({ source, targets })),
    options,
  );
  const again = await attempts(workOf(contradicted(model, first), sources), {
    ...options,
    timeoutMs: PATIENT_MS,
  });
  const seen = merged(first, again);
  const count = (verdict: Expectation['verdict']): number => model.filter((one) => one.verdict === verdict).length;
  return {
    differences: compare(model, seen),
    unserved: unserved(model, seen),
    unproven: unproven(
      targets.filter(({ address, port }) => others.some((place) => place.address === address && place.port === port)),
      seen,
      NODE,
    ),
    leftOut: [...leftOut, WITHOUT_IPV6],
    counts: { allowed: count('allowed'), denied: count('denied'), unspecified: count('unspecified') },
  };
}

/** By the name that expectations have. */
function sourcesOf({ pods }: LiveObjects, { netns }: SweepOptions): Map<string, Source> {
  return new Map(
    pods.filter(runs).map((pod) => {
      const name = `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
      return [name, { name, netns: netns(pod) }];
    }),
  );
}

function workOf(expectations: readonly Expectation[], sources: ReadonlyMap<string, Source>) {
  return [...sources.values()]
    .map((source) => ({
      source,
      targets: expectations.filter((one) => one.source === source.name).map(({ target }) => target),
    }))
    .filter(({ targets }) => targets.length > 0);
}

function merged(first: Seen, again: Seen): Seen {
  return new Map(
    [...first].map(([source, own]): [string, ReadonlyMap<string, Attempt>] => [
      source,
      new Map([...own, ...(again.get(source) ?? [])]),
    ]),
  );
}
