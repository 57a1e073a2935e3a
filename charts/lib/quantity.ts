import { z } from 'zod';

/** Bytes per unit of a Kubernetes quantity. */
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

/** Far above every node and volume, and far below the number that the API server caps. */
const MAX_BYTES = 2 ** 60;

const PATTERN = /^([1-9]\d*)(Ki|Mi|Gi|Ti|k|M|G|T)$/;

/** Schema of memory or storage in a cluster file. The unit is mandatory, because a bare number would be bytes. */
export const quantitySetting = z
  .string()
  .regex(PATTERN, { error: 'must be a whole number with a unit, such as 10Gi or 512Mi', abort: true })
  .refine((quantity) => bytesOf(quantity) < MAX_BYTES, 'must be less than 1048576Ti');

/** Far above every node. */
const MAX_CPUS = 1e6;

/** Schema of CPU in a cluster file: CPUs, or thousandths of one. */
export const cpuSetting = z
  .string()
  .regex(/^(\d+m|\d+(\.\d{1,3})?)$/, {
    error: 'must be CPUs or thousandths of one, such as "0.5" or "500m"',
    abort: true,
  })
  .refine((cpu) => cpusOf(cpu) > 0, 'must be above 0, which stands for no request or limit')
  .refine((cpu) => cpusOf(cpu) < MAX_CPUS, `must be less than ${MAX_CPUS}`);

/** A quantity in bytes. @throws Error if it is not a valid quantity */
export function bytesOf(quantity: string): number {
  const [, number, unit = ''] = PATTERN.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (number === undefined || factor === undefined) throw new Error(`"${quantity}" is not a quantity of bytes`);
  return Number(number) * factor;
}

/** Factors of every suffix of a quantity (kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity). */
const FACTORS: Readonly<Record<string, number>> = {
  ...UNITS,
  '': 1,
  m: 1e-3,
  P: 1e15,
  E: 1e18,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The bytes of any quantity that the API server accepts, such as `1.5Gi`, `1e9` or `1073741824`; NaN if it is none. */
export function anyBytesOf(quantity: string): number {
  const [, number, suffix = ''] = /^([0-9.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(quantity) ?? [];
  return Number(number) * (FACTORS[suffix] ?? Number.NaN);
}

/** A quantity of CPUs, such as `500m` or `0.5`, in CPUs. */
export function cpusOf(quantity: string): number {
  return quantity.endsWith('m') ? Number.parseInt(quantity, 10) / 1000 : Number(quantity);
}
