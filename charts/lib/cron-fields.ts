// The fields of a cron expression.

/** How one of the parsers differs from the others. */
export interface Dialect {
  /** The highest number of a day of the week: 7 is Sunday too. */
  readonly lastWeekday: 6 | 7;
  /** True if a range may pass the end of its field, such as `fri-mon`, and a step must be shorter than its range. */
  readonly cyclic: boolean;
  /** True if a day fires that matches either the day of the month or that of the week, if both are restricted. */
  readonly either: boolean;
}

/** A mistake in an expression, as what it must be. */
export class Mistake extends Error {}

/** Values of a field. */
export type Values = ReadonlySet<number>;

/** What a field can have. */
interface Field {
  readonly of: string;
  readonly min: number;
  readonly max: number;
  /** Names by number. */
  readonly names?: readonly string[];
}

/** The values that a field lists. `any` is true if it is written as one that restricts nothing. */
export function valuesOf(
  text: string,
  field: Field,
  dialect: Dialect,
): { readonly values: Values; readonly any: boolean } {
  const ranges = text.split(',').filter((range) => range !== '');
  const read = ranges.map((range) => rangeOf(range, field, dialect));
  return { values: new Set(read.flatMap(({ values }) => values)), any: read.some(({ any }) => any) };
}

/** `*`, `5`, `5-10`, each with a step: `5/2` is from 5 to the end. */
function rangeOf(text: string, field: Field, { cyclic }: Dialect): { values: readonly number[]; any: boolean } {
  const { min, max, names = [] } = field;
  const last = names[max] ?? names[max - 1];
  const known = last === undefined ? `${min} to ${max}` : `${min} to ${max} or ${names[min]} to ${last}`;
  const wrong = (): Mistake => new Mistake(`must have ${known} as the ${field.of}, not ${JSON.stringify(text)}`);
  const [bounds = '', stepText, ...more] = text.split('/');
  const ends = bounds.split('-');
  const all = /^[*?]$/.test(ends[0] ?? '');
  const numbers = all ? [min, max] : ends.map((end) => numberOf(end, names));
  const [start = Number.NaN, end = stepText === undefined ? start : max] = numbers;
  const step = stepText === undefined ? 1 : numberOf(stepText);
  if (more.length > 0 || numbers.length > 2 || !(start >= min && end <= max && step >= 1)) throw wrong();
  if (start > end && !cyclic)
    throw new Mistake(`must have a range of the ${field.of} that begins before it ends, not ${text}`);
  const size = max - min + 1;
  const length = start > end ? end + size - start + 1 : end - start + 1;
  if (cyclic && step > 1 && step >= length)
    throw new Mistake(`must have a step of the ${field.of} that is shorter than its range, not ${text}`);
  const values = Array.from({ length: Math.ceil(length / step) }, (_, i) => ((start + i * step - min) % size) + min);
  return { values, any: all && step === 1 };
}

/** As Go parses it; NaN if it is no number. */
function numberOf(text: string, names: readonly string[] = []): number {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  return named >= 0 ? named : /^\+?\d{1,18}$/.test(text) ? Number(text) : Number.NaN;
}
