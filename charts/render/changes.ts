import { applyPatch, createPatch, type Operation, Pointer } from 'rfc6902';

/** A difference between two versions of an object. */
export interface Change {
  /** The steps to the value: keys and list indices. */
  readonly steps: readonly (string | number)[];
  /** Undefined if the field did not exist. */
  readonly before: unknown;
  /** Undefined if the field was removed. */
  readonly after: unknown;
  /** True for a new item of a list, which moves the items after it. */
  readonly inserted: boolean;
}

/** The smallest set of changes that turns one object into the other, by field; a list item is added or removed whole. */
export function changesBetween(before: object, after: object): Change[] {
  const now = structuredClone(before);
  return createPatch(before, after).flatMap((operation) => {
    const change = changeOf(now, operation);
    applyPatch(now, [operation]);
    return change.inserted ? [change] : leavesOf(change);
  });
}

function changeOf(now: object, operation: Operation): Change {
  const { tokens } = Pointer.fromJSON(operation.path);
  const steps: (string | number)[] = [];
  let here: unknown = now;
  for (const token of tokens.slice(1)) {
    steps.push(Array.isArray(here) ? (token === '-' ? here.length : Number(token)) : token);
    const parent = here as Record<string, unknown>;
    if (steps.length === tokens.length - 1 && operation.op === 'add')
      return { steps, before: undefined, after: operation.value, inserted: Array.isArray(here) };
    here = parent[token];
  }
  // Copied, because the next operation may change it in place.
  const old: unknown = structuredClone(here);
  return { steps, before: old, after: 'value' in operation ? operation.value : undefined, inserted: false };
}

/** A new map as one change for each field in it. */
function leavesOf(change: Change): Change[] {
  const { steps, before, after } = change;
  if (before !== undefined || typeof after !== 'object' || after === null || Array.isArray(after)) return [change];
  const fields = Object.entries(after as Record<string, unknown>);
  if (fields.length === 0) return [change];
  return fields.flatMap(([key, value]) => leavesOf({ ...change, steps: [...steps, key], after: value }));
}

/** True if the later change alters a value that the earlier one has set. */
export function undoes(later: Change, earlier: Change): boolean {
  const length = Math.min(later.steps.length, earlier.steps.length);
  return !later.inserted && earlier.steps.slice(0, length).every((step, i) => step === later.steps[i]);
}

/** The path of a change: `spec.template.spec.containers[0].image`, `metadata.annotations["example.com/x"]`. */
export function pathOf({ steps }: Pick<Change, 'steps'>): string {
  return steps
    .map((step) =>
      typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '');
}
