import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PinFile, pinsSchema } from '../../charts/pins.ts';
import type { Importer, ValuesModule } from '../../cli/exported.ts';

export const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

/** The name of a fixture's cluster, and of its ring. */
export const EXAMPLE = 'example';

/**
 * Places the valid cluster with the files of a fixture instead of its own, as the only cluster of a repository: its folder
 * `pins` are those of the cluster's ring.
 *
 * @param fixture path in `test/fixtures/`
 */
export function placeFixture(root: string, ...fixture: readonly string[]): Importer {
  const cluster = join(root, 'clusters', EXAMPLE);
  const pins = join(root, 'clusters', 'pins', EXAMPLE);
  mkdirSync(pins, { recursive: true });
  const folders = [join(FIXTURES, 'valid'), join(FIXTURES, ...fixture)];
  for (const from of folders) cpSync(from, cluster, { recursive: true, filter: (path) => path !== join(from, 'pins') });
  // Links, since they are read only, and dozens for each fixture.
  const files = new Map(
    folders
      .map((from) => join(from, 'pins'))
      .filter((from) => existsSync(from))
      .flatMap((from) => readdirSync(from).map((name) => [name, join(from, name)] as const)),
  );
  for (const [name, file] of files) symlinkSync(file, join(pins, name));
  const rings = { [EXAMPLE]: { clusters: [EXAMPLE] } };
  writeFileSync(join(root, 'clusters', 'rings.ts'), `export default ${JSON.stringify(rings)};\n`);
  const own = join(FIXTURES, ...fixture, 'cluster.ts');
  const file = existsSync(own) ? own : join(FIXTURES, 'valid', 'cluster.ts');
  return {
    cluster: () => import(file) as Promise<ValuesModule>,
    rings: () => Promise.resolve({ default: rings }),
  };
}

/** The pins of the valid cluster, by component. */
export function validPins(): PinFile[] {
  const folder = join(FIXTURES, 'valid', 'pins');
  return readdirSync(folder).map((name) => ({
    component: name.replace('.json', ''),
    file: `clusters/pins/${EXAMPLE}/${name}`,
    pins: pinsSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
  }));
}
