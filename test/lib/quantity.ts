import { anyBytesOf } from '../../charts/lib/quantity.ts';

/** A quantity as a number: cores or bytes. @throws Error if it is not a valid quantity */
export function amountOf(quantity: string | number): number {
  const amount = anyBytesOf(String(quantity));
  if (Number.isNaN(amount)) throw new Error(`"${quantity}" is not a quantity`);
  return amount;
}
