import { findKind, KINDS } from '../../charts/kinds/index.ts';
import { label, type Manifest } from '../../charts/lib/manifest.ts';
import { manifestsOf } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** A model that checks its data against the schema of its definition. */
interface Model {
  validate(): void;
}

/** Makes a model of data that claims to be one: whether it is, is the question. */
type Make = new (data: never) => Model;

/** What no package has a schema for; a real API server checks it in the lab. */
const API_SERVER = 'api server';

/** The models that kinds name, by module. */
const MODELS: ReadonlyMap<string, Make> = new Map(
  await Promise.all(
    [...new Set(KINDS.flatMap(({ schema }) => schema ?? []))]
      .filter((schema) => schema !== API_SERVER)
      .map(async (schema) => [schema, await load(schema)] as const),
  ),
);

async function load(schema: string): Promise<Make> {
  const module = (await import(schema)) as Readonly<Record<string, Make>>;
  const model = module[schema.slice(schema.lastIndexOf('/') + 1)];
  if (!model) throw new Error(`${schema} exports no model of its name`);
  return model;
}

/** What the API server would refuse for its form is refused here first. */
export const schemas = invariant('custom resources are what their definitions say', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) => {
    const kind = findKind(manifest);
    if (kind?.builtIn || kind?.schema === API_SERVER) return [];
    const make = MODELS.get(kind?.schema ?? '');
    return make
      ? faultsOf(make, manifest).map((what) => `${label(manifest)}: ${what}`)
      : [`${label(manifest)} (${manifest.apiVersion}) has no schema here`];
  }),
);

function faultsOf(make: Make, manifest: Manifest): string[] {
  try {
    new make(manifest as never).validate();
    return [];
  } catch (error) {
    return [(error as Error).message.replaceAll(/\s+/g, ' ').trim()];
  }
}
