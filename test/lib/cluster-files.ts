import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterNames } from '../../cli/cluster-folders.ts';
import { TEST_FLEETS } from './load-fleet.ts';

/** Copies the product tests' clusters, rings and pins into a repository's folder; their imports then lead to its own charts. */
export function copyTestClusters(root: string): void {
  const from = join(TEST_FLEETS, 'clusters');
  const to = join(root, 'clusters');
  // Those of rings that are replaced.
  rmSync(join(to, 'pins'), { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  for (const file of [RINGS, ...clusterNames(TEST_FLEETS).map((name) => join(name, 'cluster.ts'))]) {
    const text = readFileSync(join(to, file), 'utf8');
    writeFileSync(join(to, file), text.replace(/'(?:\.\.\/){2}((?:\.\.\/)+charts\/)/, "'$1"));
  }
}

const RINGS = 'rings.ts';

/** Matches a section or a service of a cluster file, on one or several lines: `mongo: { … },`. */
export function entry(name: string): RegExp {
  return new RegExp(`^( *)${name}: \\{(?:[^\\n]*\\}|\\n[^]*?\\n\\1\\}),\\n`, 'm');
}

/** The text of a pins file without those pins. */
export function withoutPins(text: string, isPin: (pin: string) => boolean): string {
  const pins = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `${JSON.stringify(Object.fromEntries(pins.filter(([pin]) => !isPin(pin))), null, 2)}\n`;
}
