import { type CloudName, longestNameOn } from '../charts/cloud/clouds.ts';
import { Fault } from '../charts/fault.ts';
import { LONGEST } from './cluster-folders.ts';

/** @throws Fault if names that are derived from the cluster's would be too long for its cloud */
export function checkNameOn(cloud: CloudName, name: string): void {
  const longest = longestNameOn(cloud) ?? LONGEST;
  if (name.length <= longest) return;
  throw new Fault({
    what: `"${name}" is too long for the name of a cluster on ${cloud}, where names of other things begin with it`,
    file: `clusters/${name}`,
    seen: `${name.length} characters`,
    fix: `rename the folder: at most ${longest} characters, and fewer with a long organization in bootstrap/modules/settings`,
  });
}
