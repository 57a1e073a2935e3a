import { z } from 'zod';
import type { Path } from './locate.ts';

/** The keys that a schema allows at a path. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  const found = schemaAt(schema, path);
  const object = found && asObject(found);
  if (!object) return [];
  // Fields of type never exist only for the message that explains why they have no effect.
  return Object.entries(object.shape).flatMap(([key, field]) =>
    unwrap(field as z.ZodType) instanceof z.ZodNever ? [] : [key],
  );
}

/** The schema of the value at a path. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((here, key) => here && stepInto(here, key), schema);
}

/** The alternatives of a union. */
export function optionsOf(schema: z.ZodType | undefined): z.ZodType[] {
  const bare = schema && unwrap(schema);
  return bare instanceof z.ZodUnion ? (bare.options as z.ZodType[]) : [];
}

function stepInto(schema: z.ZodType, key: string | number): z.ZodType | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodUnion)
    return optionsOf(bare)
      .map((option) => stepInto(option, key))
      .find((found) => found !== undefined);
  if (bare instanceof z.ZodArray) return bare.element as z.ZodType;
  if (bare instanceof z.ZodRecord) return bare.valueType as z.ZodType;
  return asObject(bare)?.shape[key] as z.ZodType | undefined;
}

function asObject(schema: z.ZodType): z.ZodObject | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) return bare;
  return optionsOf(bare)
    .map(asObject)
    .find((found) => found !== undefined);
}

/** Without `optional`, `default`, `refine` and the like. */
function unwrap(schema: z.ZodType): z.ZodType {
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
