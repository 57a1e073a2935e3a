import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Pin } from '../../charts/pins.ts';
import { pinFilesOf } from '../../cli/pin-files.ts';
import { loadRings } from '../../cli/rings.ts';
import { importerOf, REPOSITORY, TEST_FLEETS } from '../lib/load-fleet.ts';
import { SERVICES } from '../offline/images/build.ts';

interface Manager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
  readonly autoReplaceStringTemplate?: string;
}

interface Rule {
  readonly matchDepTypes?: readonly string[];
  readonly matchPackageNames?: readonly string[];
  readonly matchUpdateTypes?: readonly string[];
  readonly enabled?: boolean;
}

const { customManagers, packageRules } = JSON.parse(readFileSync(join(REPOSITORY, 'renovate.json'), 'utf8')) as {
  readonly customManagers: readonly Manager[];
  readonly packageRules: readonly Rule[];
};
const images = customManagers.find(({ matchStrings: [match] }) => match?.includes('"datasource": "docker"'))!;
const DIGEST = `sha256:${'d'.repeat(64)}`;
const files = (
  await Promise.all(
    [REPOSITORY, TEST_FLEETS].map(async (root) =>
      (await loadRings(root, importerOf(root))).flatMap(({ name }) =>
        pinFilesOf(root, name).map(({ file }) => join(root, file)),
      ),
    ),
  )
).flat();

/** What the template of Renovate makes of a match: its variables, and its only condition. */
function replaced(groups: Readonly<Record<string, string>>, newDigest?: string): string {
  const values: Readonly<Record<string, string | undefined>> = {
    ...groups,
    newValue: groups['currentValue'],
    newDigest,
  };
  return (images.autoReplaceStringTemplate ?? '')
    .replace(/\{\{#if newDigest\}\}([^]*?)\{\{\/if\}\}/, newDigest === undefined ? '' : '$1')
    .replaceAll(/\{\{\{(\w+)\}\}\}/g, (_, name: string) => values[name] ?? `no ${name}`);
}

/** A pins file after Renovate has changed every image in it. */
function updated(text: string, newDigest?: string): string {
  const pattern = new RegExp(images.matchStrings[0] ?? '', 'g');
  return text.replaceAll(pattern, (...found) => replaced(found.at(-1) as Record<string, string>, newDigest));
}

const withDigests = (pins: Readonly<Record<string, Pin>>, digest: string | undefined): unknown =>
  Object.fromEntries(
    Object.entries(pins).map(([name, pin]) => [name, pin.datasource === 'docker' ? { ...pin, digest } : pin]),
  );

it('moves the versions of the first ring alone', async () => {
  const [first] = await loadRings(REPOSITORY, importerOf(REPOSITORY));
  const ofPins = customManagers.flatMap(({ managerFilePatterns }) =>
    managerFilePatterns.filter((pattern) => pattern.includes('pins')),
  );
  expect(ofPins).not.toEqual([]);
  expect(new Set(ofPins), 'managerFilePatterns of renovate.json must name the first ring of clusters/rings.ts').toEqual(
    new Set([`/^clusters/pins/${first?.name}/[^/]+\\.json$/`]),
  );
});

it('leaves the versions of our own services to the workflow release, but for the first digests', async () => {
  const [first] = await loadRings(REPOSITORY, importerOf(REPOSITORY));
  const own = pinFilesOf(REPOSITORY, first?.name ?? '').flatMap(({ pins }) =>
    SERVICES.flatMap((service) => pins[service]?.packageName ?? []),
  );
  const left = packageRules
    .filter(({ matchDepTypes, enabled }) => enabled === false && matchDepTypes?.includes('pin'))
    .filter(({ matchUpdateTypes = [] }) =>
      ['major', 'minor', 'patch'].every((type) => matchUpdateTypes.includes(type)),
    );
  expect(left.flatMap(({ matchUpdateTypes = [] }) => matchUpdateTypes)).not.toContain('pinDigest');
  const patterns = left.flatMap(({ matchPackageNames = [] }) =>
    matchPackageNames.map((one) => one.replace(/\*\*$/, '')),
  );
  expect(own.filter((name) => !patterns.some((pattern) => name.startsWith(pattern)))).toEqual([]);
});

it.each([
  ['.github/scripts/build-image.sh', /^[A-Z_]+=(\S+):\S+@sha256:/gm],
  ['.github/workflows/release.yaml', /go install (\S+)\/cmd\/\S+@/g],
])('keeps what releases use: %s', (path, pinned) => {
  const text = readFileSync(join(REPOSITORY, path), 'utf8');
  const found = customManagers
    .filter(({ managerFilePatterns }) => managerFilePatterns.some((one) => new RegExp(one.slice(1, -1)).test(path)))
    .flatMap(({ matchStrings }) => matchStrings.flatMap((match) => [...text.matchAll(new RegExp(match, 'g'))]))
    .map(({ groups }) => groups?.['depName']);
  expect(found).toHaveLength(2);
  expect(found).toEqual([...text.matchAll(pinned)].map(([, name]) => name));
});

describe.each(files.map((file) => [file.slice(REPOSITORY.length + 1), file] as const))('Renovate, in %s', (_, file) => {
  const text = readFileSync(file, 'utf8');
  const pins = JSON.parse(text) as Readonly<Record<string, Pin>>;

  it('finds every image once, with its fields', () => {
    const found = [...text.matchAll(new RegExp(images.matchStrings[0] ?? '', 'g'))].map(({ groups }) => ({
      ...groups,
    }));
    expect(found).toEqual(
      Object.entries(pins)
        .filter(([, pin]) => pin.datasource === 'docker')
        .map(([depName, { packageName, version: currentValue, digest: currentDigest }]) => ({
          depName,
          packageName,
          currentValue,
          currentDigest,
        })),
    );
  });

  it('adds a digest to every image, replaces it, and leaves the rest of the file as it is', () => {
    const once = updated(text, DIGEST);
    expect(JSON.parse(once)).toEqual(withDigests(pins, DIGEST));
    expect(once).toBe(`${JSON.stringify(JSON.parse(once), null, 2)}\n`);
    const twice = updated(once, DIGEST.replaceAll('d', 'e'));
    expect(JSON.parse(twice)).toEqual(withDigests(pins, DIGEST.replaceAll('d', 'e')));
  });
});
