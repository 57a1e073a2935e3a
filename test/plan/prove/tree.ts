import { at, type Manifest } from '../../../charts/lib/manifest.ts';

/** The steps to a value of an object: names of fields, and positions in lists. */
export type Path = readonly (string | number)[];

/** A value within an object. */
export interface Node {
  readonly path: Path;
  readonly value: unknown;
}

/** Every value within an object, maps and lists before what they hold; the object itself is left out. */
export function nodesOf(value: unknown, path: Path = []): Node[] {
  const inner = Array.isArray(value) ? [...value.entries()] : isMap(value) ? Object.entries(value) : [];
  return inner.flatMap(([key, held]: [string | number, unknown]) => {
    const here = [...path, key];
    return [{ path: here, value: held }, ...nodesOf(held, here)];
  });
}

/** A copy with another value at a path; without the field or the item if the value is undefined. */
export function edited(manifest: Manifest, path: Path, value: unknown): Manifest {
  const copy = structuredClone(manifest);
  const [around, last] = [at(copy, ...path.slice(0, -1)), path.at(-1)!];
  if (Array.isArray(around)) around.splice(Number(last), 1, ...(value === undefined ? [] : [value]));
  else if (value === undefined) delete (around as Record<string, unknown>)[last];
  else (around as Record<string, unknown>)[last] = value;
  return copy;
}

/** The path without positions: `spec.ports[].port`. */
export function patternOf(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[]` : text ? `${text}.${step}` : step),
    '',
  );
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
