import { z } from 'zod';

/** T without Pulumi's `Input<…>`: plain values only, no promises or outputs. */
export type Plain<T> = T extends Promise<unknown> | PulumiOutput
  ? never
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Field in keyof T]: Plain<T[Field]> }
      : T;

/** Structural type of a Pulumi output, so that @pulumi/pulumi need not be a dependency. */
interface PulumiOutput {
  readonly apply: unknown;
  readonly get: unknown;
}

/** Schemas of the supported fields: none may accept a value that Pulumi's type does not. */
type Supported<Args> = { readonly [Field in keyof Args]?: z.ZodType<unknown, Plain<Args[Field]>> };

/** Reason why each other field has no effect here, and what to do instead. */
type Rejected<Args, Shape> = { readonly [Field in Exclude<keyof Args, keyof Shape>]: string };

/** Schema of both: an unsupported field must be absent. */
type Section<Args, Shape extends z.ZodRawShape> = z.ZodObject<
  Shape & { readonly [Field in Exclude<keyof Args, keyof Shape> & string]: z.ZodOptional<z.ZodNever> },
  z.core.$strict
>;

/**
 * The schema of one of Pulumi's argument types, `sectionOf<Args>()(supported, rejected)`. Each field of `Args` must be
 * in one of the two, so that a field added by a new version of the package is a compile error until it is classified.
 * A rejected field is a compile error in a cluster file, and an error with the reason when the file is read.
 */
export function sectionOf<Args>() {
  return <const Shape extends Supported<Args> & z.ZodRawShape>(
    supported: Shape & { readonly [Field in Exclude<keyof Shape, keyof Args>]: never },
    rejected: Rejected<Args, Shape>,
  ): Section<Args, Shape> => {
    const rejections = Object.entries<string>(rejected).map(([field, reason]) => [
      field,
      z.never({ error: `"${field}" of CertManagerArgs has no effect here: ${reason}` }).optional(),
    ]);
    return z.strictObject({ ...supported, ...Object.fromEntries(rejections) }) as unknown as Section<Args, Shape>;
  };
}
