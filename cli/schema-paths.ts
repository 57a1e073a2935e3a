import { z } from 'zod';
import { at } from '../charts/lib/manifest.ts';
import type { Path } from './locate.ts';

/** The keys that a schema allows at a path of a value; of a union, those of the alternative that the value selects. */
export function keysAt(schema: z.ZodType, path: Path, value: unknown): string[] {
  const found = schemaAt(schema, path, value);
  const object = found && asObject(found, at(value, ...path));
  if (!object) return [];
  // Fields of type never exist only for the message that explains why they have no effect.
  return Object.entries(object.shape).flatMap(([key, field]) =>
    unwrap(field as z.ZodType) instanceof z.ZodNever ? [] : [key],
  );
}

/** The schema of the part of a value at a path. */
export function schemaAt(schema: z.ZodType, path: Path, value: unknown): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>(
    (here, key, depth) => here && stepInto(here, key, at(value, ...path.slice(0, depth))),
    schema,
  );
}

/** The alternatives of a union. */
export function optionsOf(schema: z.ZodType | undefined): z.ZodType[] {
  const bare = schema && unwrap(schema);
  return bare instanceof z.ZodUnion ? (bare.options as z.ZodType[]) : [];
}

function stepInto(schema: z.ZodType, key: string | number, value: unknown): z.ZodType | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodUnion && !(bare instanceof z.ZodDiscriminatedUnion))
    return optionsOf(bare)
      .map((option) => stepInto(option, key, value))
      .find((found) => found !== undefined);
  if (bare instanceof z.ZodArray) return typeof key === 'number' ? (bare.element as z.ZodType) : undefined;
  if (bare instanceof z.ZodRecord) return typeof key === 'string' ? (bare.valueType as z.ZodType) : undefined;
  return asObject(bare, value)?.shape[key] as z.ZodType | undefined;
}

/** The object schema at the core of a schema, or undefined; of a union, the one that the value selects, or the first. */
export function asObject(schema: z.ZodType, value?: unknown): z.ZodObject | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return bare;
  const objects = optionsOf(bare).flatMap((option) => asObject(option, value) ?? []);
  if (!(bare instanceof z.ZodDiscriminatedUnion)) return objects[0];
  const { discriminator } = bare.def;
  const selected = at(value, discriminator);
  return objects.find(({ shape }) => (shape[discriminator] as z.ZodType).safeParse(selected).success) ?? objects[0];
}

/** Without `optional`, `default`, `refine` and the like. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return unwrap(schema.def.innerType as z.ZodType);
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly)
    return unwrap(schema.def.innerType as z.ZodType);
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in as z.ZodType) : schema;
}

/** The number of fields of a value that an object has, or that a record of objects would have as its entries. */
export function fieldsKnown(option: z.ZodType | undefined, value: unknown): number {
  if (option === undefined || typeof value !== 'object' || value === null) return 0;
  const bare = unwrap(option);
  if (isByName(bare)) return Object.values(value).filter((entry) => typeof entry === 'object').length;
  return bare instanceof z.ZodObject ? Object.keys(value).filter((key) => Object.hasOwn(bare.shape, key)).length : 0;
}

/** True for objects by name. */
export function isByName(schema: z.ZodType): boolean {
  return unwrap(schema) instanceof z.ZodRecord;
}
