import { bytesOf } from './quantity.ts';

/** Of the size of a database's volume, the least that holds two dumps of all its data, each compressed to a fifth. */
const LEAST = 0.4;

/** Sizes of a database's volume and of that for its dumps, as quantities. */
interface Sizes {
  readonly size: string;
  /** @default size */
  readonly dumpSize?: string;
}

/** The size of the volume for two compressed dumps: what the database may grow to, unless it is stated. */
export function dumpSizeOf({ size, dumpSize = size }: Sizes): string {
  return dumpSize;
}

/** A rule of settings: the volume for dumps holds those of a database that is as large as its volume. */
export function holdsDumps({ size, dumpSize = size }: Sizes): boolean {
  return bytesOf(dumpSize) >= bytesOf(size) * LEAST;
}

/** What breaks it, and where. */
export const DUMPS_DO_NOT_FIT: { path: string[]; error: string } = {
  path: ['dumpSize'],
  error: `must be at least ${LEAST} of "size": the volume holds two dumps of all data at once, and once it is full each backup fails; raise it, or leave it out`,
};
