import { z } from 'zod';

/** T without Pulumi's `Input<…>`: a file of values has no use for promises and outputs. */
export type Plain<T> = T extends Promise<unknown> | PulumiOutput
  ? never
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Field in keyof T]: Plain<T[Field]> }
      : T;

/** What tells Pulumi's outputs from values; naming their type would tie this to a package that only its types come from. */
interface PulumiOutput {
  readonly apply: unknown;
  readonly get: unknown;
}

/** Schemas of the fields that are honoured: none may accept what Pulumi's type would not. */
type Honoured<Args> = { readonly [Field in keyof Args]?: z.ZodType<unknown, Plain<Args[Field]>> };

/** For each of the other fields why it has no effect here, and what to do instead. */
type Refused<Args, Shape> = { readonly [Field in Exclude<keyof Args, keyof Shape>]: string };

/** Both, as one schema: a field that is not honoured may stay out, and nothing else. */
type Section<Args, Shape extends z.ZodRawShape> = z.ZodObject<
  Shape & { readonly [Field in Exclude<keyof Args, keyof Shape> & string]: z.ZodOptional<z.ZodNever> },
  z.core.$strict
>;

/**
 * The schema of one of Pulumi's argument types, `sectionOf<Args>()(honoured, refused)`. Each field of `Args` must be
 * in one of the two, so that a field that a new version of the package brings does not compile until it is decided.
 * A refused field is a compile error in a cluster file, and a message with its reason when the file is read.
 */
export function sectionOf<Args>() {
  return <const Shape extends Honoured<Args> & z.ZodRawShape>(
    honoured: Shape & { readonly [Field in Exclude<keyof Shape, keyof Args>]: never },
    refused: Refused<Args, Shape>,
  ): Section<Args, Shape> => {
    const refusals = Object.entries<string>(refused).map(([field, reason]) => [
      field,
      z.never({ error: `"${field}" of CertManagerArgs has no effect here: ${reason}` }).optional(),
    ]);
    return z.strictObject({ ...honoured, ...Object.fromEntries(refusals) }) as unknown as Section<Args, Shape>;
  };
}
