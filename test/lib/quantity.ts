/** Factors of Kubernetes' suffixes (kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity). */
const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A quantity as a number: cores or bytes. @throws Error if it is not a valid quantity */
export function amountOf(quantity: string | number): number {
  const [, digits = '', suffix = ''] = /^([0-9.]+)([a-zA-Z]*)$/.exec(String(quantity)) ?? [];
  const factor = FACTORS[suffix];
  if (!digits || factor === undefined) throw new Error(`"${quantity}" is not a quantity`);
  return Number(digits) * factor;
}
