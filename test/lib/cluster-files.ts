import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_FLEETS } from './load-fleet.ts';

/** Copies the product tests' clusters into a repository's folder; their imports then lead to its own charts. */
export function copyTestClusters(root: string): void {
  const from = join(TEST_FLEETS, 'clusters');
  cpSync(from, join(root, 'clusters'), { recursive: true });
  for (const name of readdirSync(from)) {
    const file = join(root, 'clusters', name, 'cluster.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('../../../../charts/', '../../charts/'));
  }
}

/** Matches a section or a service of a cluster file, on one or several lines: `mongo: { … },`. */
export function entry(name: string): RegExp {
  return new RegExp(`^( *)${name}: \\{(?:[^\\n]*\\}|\\n[^]*?\\n\\1\\}),\\n`, 'm');
}

/** The text of a pins file without those pins. */
export function withoutPins(text: string, isPin: (pin: string) => boolean): string {
  const pins = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `${JSON.stringify(Object.fromEntries(pins.filter(([pin]) => !isPin(pin))), null, 2)}\n`;
}
