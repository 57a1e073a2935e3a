import { isIP } from 'node:net';
import { z } from 'zod';

/** Schemas whose value is shown to nobody, with what to say of a wrong one. */
const SECRETS = new WeakMap<z.core.$ZodType, string>();

/**
 * A setting that neither an answer, nor a log, nor an error message ever shows. Must be the outermost schema of its name.
 *
 * @param rule what a wrong one is told, such as `must have 20 characters`: the schema's own words may quote the value
 */
export function secret<T extends z.ZodType>(schema: T, rule: string): T {
  SECRETS.set(schema, rule);
  return schema;
}

/** A whole number in decimal digits, from `least` to `most`. */
export function wholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a whole number from ${least} to ${most}`);
}

/** Addresses and ranges such as `10.0.0.0/8,fd00::/8,192.0.2.1`; empty for none. */
export const addressList = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .superRefine((parts, context) => {
    for (const part of parts) {
      if (!isRange(part))
        context.addIssue({
          code: 'custom',
          message: `must hold addresses or ranges such as 10.0.0.0/8, not ${JSON.stringify(part)}`,
        });
    }
  });

/** The settings of every service, as zod object: a service extends it by its own. */
export const baseSettings = z.object({
  /** Port that answers callers; 0 takes any free one. */
  PORT: wholeNumber(0, 65_535).default(3000),
  /** Port that answers `/metrics` alone, so that no gateway leads there. Unset: PORT answers it, too. */
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  /** `development` writes logs for people, all others for machines. */
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  /** Hops whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: addressList.default([]),
  /** Seconds that a service told to stop still answers new requests, until the gateway has noticed. */
  SHUTDOWN_DRAIN_SECONDS: wholeNumber(0, 600).default(0),
  /** Requests a second that one client may make of one pod, in the long run; 0 lifts the limit. */
  RATE_LIMIT_PER_SECOND: wholeNumber(0, 1_000_000).default(100),
});

/** A service's settings: the base's and its own. */
export type SettingsSchema = typeof baseSettings;
/** The base settings after checking. */
export type BaseSettings = z.output<typeof baseSettings>;

/** Settings that a service cannot start with; the message names every one of them. */
export class SettingsError extends Error {
  /** One sentence for each fault. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The settings are wrong; change these environment variables:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/**
 * Checks the environment against a service's settings.
 *
 * @throws SettingsError naming all that is wrong at once, with the values seen unless they are secret
 */
export function loadSettings<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const seen = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, env[name]]));
  const result = schema.safeParse(seen);
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map(({ path: [name = ''], message }) => fault(schema, String(name), message, seen)),
  );
}

/** The settings in force as JSON, in the order of their names; a secret is only told to be set or not. */
export function publicSettings<S extends z.ZodObject>(schema: S, settings: z.output<S>): Record<string, unknown> {
  const values = settings as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(schema.shape)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, setting]) => [name, SECRETS.has(setting) ? hidden(values[name]) : (values[name] ?? null)]),
  );
}

function hidden(value: unknown): string | null {
  return value === undefined ? null : '(secret)';
}

function fault(
  schema: z.ZodObject,
  name: string,
  message: string,
  seen: Readonly<Record<string, string | undefined>>,
): string {
  const value = seen[name];
  if (value === undefined) return `${name}: is missing`;
  const setting = schema.shape[name];
  const rule = setting && SECRETS.get(setting);
  if (rule !== undefined) return `${name}: ${rule} (the value is secret; it has ${value.length} characters)`;
  return `${name}: ${message}, seen ${JSON.stringify(value)}`;
}

function isRange(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128));
}
