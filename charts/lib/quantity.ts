import { z } from 'zod';

/** Bytes in one of each of Kubernetes' units of memory and disk. */
const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const PATTERN = /^([1-9]\d*)(Ki|Mi|Gi|Ti|k|M|G|T)$/;

/** An amount of memory or disk in a cluster file, as Kubernetes writes it; a number alone would be single bytes. */
export const quantitySetting = z.string().regex(PATTERN, 'must be a whole number with a unit, such as 10Gi or 512Mi');

/** A quantity in bytes. @throws Error if it is none */
export function bytesOf(quantity: string): number {
  const [, number, unit = ''] = PATTERN.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (number === undefined || factor === undefined) throw new Error(`"${quantity}" is not a quantity of bytes`);
  return Number(number) * factor;
}
