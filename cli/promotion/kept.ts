import { hasVersionOf, type PinFile } from '../../charts/pins.ts';
import type { PinMove } from '../../charts/promotion.ts';
import type { Ring } from '../../charts/rings.ts';
import { holdsOf } from '../holds/files.ts';
import { componentOf, exceptionsOf, pinFilesOf } from '../pin-files.ts';

/** A line for each cluster of a ring that does not get a pin's new version: by an exception that stays, or by a hold. */
export function keptBy(root: string, ring: Ring, { component }: PinFile, { pin, after }: PinMove): string[] {
  const components = pinFilesOf(root, ring.name).map((one) => one.component);
  return ring.clusters.flatMap((cluster) => {
    const exception = exceptionsOf(root, cluster)[pin];
    const holds = Object.entries(holdsOf(root, cluster)).filter(
      ([held]) => componentOf(`${held}/`, components) === component,
    );
    return [
      ...(exception && !hasVersionOf(after, exception)
        ? [`  ${cluster} keeps ${exception.version} by an exception until ${exception.until}: ${exception.because}`]
        : []),
      ...holds.map(
        ([held, { commit, until, because }]) =>
          `  ${cluster} keeps ${held} as of ${commit.slice(0, 10)} by a hold until ${until}: ${because}`,
      ),
    ];
  });
}
