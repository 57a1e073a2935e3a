import type { SettingPath } from '../fault.ts';
import { listAt, type Manifest } from '../lib/manifest.ts';

/** True of objects that say which hosts a cluster serves. */
export function servesHosts({ kind }: Pick<Manifest, 'kind'>): boolean {
  return kind === 'HTTPRoute' || kind === 'Gateway';
}

/** The hosts that a cluster's objects serve, without wildcards, sorted. */
export function hostsOf(manifests: readonly Manifest[]): string[] {
  const hosts = manifests.flatMap((manifest) => [
    ...(manifest.kind === 'HTTPRoute' ? listAt(manifest, 'spec', 'hostnames') : []),
    ...(manifest.kind === 'Gateway'
      ? listAt(manifest, 'spec', 'listeners').map((listener) => (listener as { hostname?: string }).hostname ?? '')
      : []),
  ]);
  return [...new Set(hosts.map(String))].filter((host) => host !== '' && !host.startsWith('*')).sort();
}

/**
 * The setting that a host comes from: the one that says it; else the one that is named like the host's first label,
 * because hosts are derived from names; else the domain.
 */
export function settingOfHost(settings: object, host: string): SettingPath {
  const label = host.split('.')[0];
  return pathTo(settings, (_, value) => value === host) ?? pathTo(settings, (key) => key === label) ?? ['domain'];
}

function pathTo(value: unknown, is: (key: string | number, value: unknown) => boolean): SettingPath | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [text, inner] of Object.entries(value)) {
    const key = Array.isArray(value) ? Number(text) : text;
    if (is(key, inner)) return [key];
    const path = pathTo(inner, is);
    if (path) return [key, ...path];
  }
  return undefined;
}
