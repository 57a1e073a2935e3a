import { isDeepStrictEqual } from 'node:util';
import { applyPatch, Pointer } from 'rfc6902';
import { Fault, type Problem, shown, suggest } from '../fault.ts';
import type { Json, Patch, PatchOperation } from '../overrides.ts';

/**
 * A copy of an object with a patch applied: a JSON patch if it is a list, else a JSON merge patch.
 *
 * @throws Fault, without a file, for an operation that cannot be applied or whose test fails
 */
export function patched(original: object, patch: Patch): object {
  if (!isList(patch)) return mergePatch(original, patch) as object;
  const copy = structuredClone(original);
  for (const operation of patch) {
    const problem = obstacle(copy, operation);
    if (problem) throw new Fault(problem);
    // What the checks above leave to the library: a location moved into one of its own children.
    const [error] = applyPatch(copy, [operation]);
    if (error) throw new Fault({ what: `${textOf(operation)} cannot be applied`, fix: error.message });
  }
  return copy;
}

/** RFC 7396: maps are merged, null deletes, and everything else, lists included, is replaced whole. */
export function mergePatch(target: unknown, patch: Json): unknown {
  if (!isMap(patch)) return patch;
  const merged: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/**
 * Why an operation cannot be applied, or undefined. The library checks less: it ignores a list index that is not a
 * number, and finds the characters of strings.
 */
function obstacle(target: object, operation: PatchOperation): Problem | undefined {
  const creates = operation.op === 'add' || 'from' in operation;
  return (
    ('from' in operation ? absent(target, operation, operation.from, 'value') : undefined) ??
    absent(target, operation, operation.path, creates ? 'parent' : 'value') ??
    (operation.op === 'test' ? unequal(target, operation) : undefined)
  );
}

function unequal(target: object, operation: PatchOperation & { readonly op: 'test' }): Problem | undefined {
  const value: unknown = Pointer.fromJSON(operation.path).get(target);
  if (isDeepStrictEqual(value, operation.value)) return undefined;
  return {
    what: `${textOf(operation)} fails: the value is not ${shown(operation.value)}`,
    seen: shown(value),
    fix: 'compare the override with the rendered object, and correct it',
  };
}

/** A problem if a pointer leads nowhere; for a `parent`, its last step may lead to a new field or list item. */
function absent(
  target: object,
  operation: PatchOperation,
  pointer: string,
  what: 'value' | 'parent',
): Problem | undefined {
  const { tokens } = Pointer.fromJSON(pointer);
  let here: unknown = target;
  for (let i = 1; i < tokens.length; i++) {
    const token = tokens[i] ?? '';
    const isNew = what === 'parent' && i === tokens.length - 1 && isNewIn(here, token);
    if (!isNew && !isIn(here, token))
      return missing(operation, new Pointer(tokens.slice(0, i)).toString(), here, token);
    here = (here as Record<string, unknown>)[token];
  }
  return undefined;
}

function missing(operation: PatchOperation, parent: string, container: unknown, token: string): Problem {
  const where = parent || 'the object';
  const what = `${textOf(operation)} cannot be applied: ${where} has no "${token}"`;
  if (isList(container)) return { what, fix: `use an index below ${container.length}, or "-" to append with "add"` };
  if (isMap(container)) return { what, fix: suggest(token, Object.keys(container)) };
  return { what, seen: shown(container), fix: `${where} has no fields: shorten the path` };
}

function isIn(container: unknown, key: string): boolean {
  if (isList(container)) return isIndex(key) && Number(key) < container.length;
  return isMap(container) && Object.hasOwn(container, key);
}

function isNewIn(container: unknown, key: string): boolean {
  if (isList(container)) return key === '-' || (isIndex(key) && Number(key) <= container.length);
  return isMap(container);
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d*)$/.test(key);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(operation: PatchOperation): string {
  return 'from' in operation
    ? `"${operation.op} ${operation.from} to ${operation.path}"`
    : `"${operation.op} ${operation.path}"`;
}
