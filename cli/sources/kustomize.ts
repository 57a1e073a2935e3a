import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { load } from 'js-yaml';
import { throwIfAny } from '../../charts/fault.ts';
import { listAt, type Manifest } from '../../charts/lib/manifest.ts';
import { type Program, run } from './program.ts';
import type { Place } from './unpack.ts';
import { objectsIn } from './yaml.ts';

const KUBECTL: Program = { name: 'kubectl', install: 'https://kubernetes.io/docs/tasks/tools' };

/** What kustomize accepts as the name of its file. */
const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Lists of a kustomization that may name other kustomizations, local or remote. */
const LISTS = [
  'resources',
  'bases',
  'components',
  'crds',
  'generators',
  'transformers',
  'validators',
  'configurations',
];

/** The objects of a kustomization. @throws Fault if it needs anything from the network */
export async function renderKustomization(
  folder: string,
  { entry, place, home }: { readonly entry: string; readonly place: Place; readonly home: string },
): Promise<Manifest[]> {
  throwIfAny(
    remoteIn(folder, new Set()).map(({ name, file }) => ({
      what: `the kustomization of "${entry}" names what is not in its source`,
      ...place,
      seen: `${name}, in ${relative(folder, file) || file}`,
      fix: 'rendering uses no network: choose a path without remote bases, or copy the base into a folder of this repository',
    })),
  );
  const text = await run(KUBECTL, ['kustomize', folder], { entry, place, home });
  return objectsIn(text, 'the output of kubectl kustomize', place);
}

interface Named {
  readonly name: string;
  readonly file: string;
}

/** What a kustomization, and those that it names, take from elsewhere than these files. */
function remoteIn(folder: string, visited: Set<string>): Named[] {
  const file = FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined || visited.has(file)) return [];
  visited.add(file);
  const kustomization = load(readFileSync(file, 'utf8'));
  return LISTS.flatMap((list) => listAt(kustomization, list))
    .filter((name): name is string => typeof name === 'string' && !name.includes('\n'))
    .flatMap((name) => {
      const path = join(folder, name);
      if (!existsSync(path)) return [{ name, file }];
      return statSync(path).isDirectory() ? remoteIn(path, visited) : [];
    });
}
