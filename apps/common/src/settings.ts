import { isIP } from 'node:net';
import { z } from 'zod';

/** Schemas of secrets, with the rule to show for an invalid value. */
const SECRETS = new WeakMap<z.core.$ZodType, string>();

/**
 * A setting that is never shown in a response, a log or an error. Must be the outermost schema of its name.
 *
 * @param rule error text, such as `must have 20 characters`: the schema's own message may quote the value
 */
export function secret<T extends z.ZodType>(schema: T, rule: string): T {
  SECRETS.set(schema, rule);
  return schema;
}

/** A whole number in decimal digits, from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}`);
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
          message: `must contain addresses or CIDR ranges such as 10.0.0.0/8, not ${JSON.stringify(part)}`,
        });
    }
  });

/** The settings of every service, as a zod object that a service extends with its own. */
export const baseSettings = z.object({
  /** Port of the API; 0 picks a free one. */
  PORT: wholeNumber(0, 65_535).default(3000),
  /** Separate port for `/metrics`, so that no gateway exposes it. @default PORT serves it as well */
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  /** `development` logs text, the others JSON. */
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  /** Proxies whose X-Forwarded-For is trusted. */
  TRUSTED_PROXIES: addressList.default([]),
  /** Seconds that a stopping service still accepts new requests, until the gateway has removed the endpoint. */
  SHUTDOWN_DRAIN_SECONDS: wholeNumber(0, 600).default(0),
  /** Sustained requests per second and client to one pod; 0 disables the limit. */
  RATE_LIMIT_PER_SECOND: wholeNumber(0, 1_000_000).default(100),
});

/** Schema of a service's settings: the base settings and its own. */
export type SettingsSchema = typeof baseSettings;
/** The validated base settings. */
export type BaseSettings = z.output<typeof baseSettings>;

/** Invalid settings; the message names all of them. */
export class SettingsError extends Error {
  /** One line per setting. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `Invalid settings; correct these environment variables:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/**
 * Validates the environment against a service's settings.
 *
 * @throws SettingsError naming every invalid setting, with its value unless it is secret
 */
export function loadSettings<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const seen = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, env[name]]));
  const result = schema.safeParse(seen);
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map(({ path: [name = ''], message }) => describeError(schema, String(name), message, seen)),
  );
}

/** The effective settings as JSON, sorted by name; of a secret only whether it is set. */
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

function describeError(
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
  return `${name}: ${message}, got ${JSON.stringify(value)}`;
}

function isRange(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128));
}
