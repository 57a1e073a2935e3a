import { findKind, KINDS } from '../../charts/kinds/index.ts';
import { label, type Manifest } from '../../charts/lib/manifest.ts';
import { manifestsOf } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** A model that validates its data against the schema of its custom resource definition. */
interface Model {
  validate(): void;
}

/** The constructor takes unvalidated data; validate() checks it. */
type ModelClass = new (data: never) => Model;

/** Marks kinds for which no package has a schema: a real API server validates them in the lab. */
const API_SERVER = 'api server';

/** The models that kinds name, by module. */
const MODELS: ReadonlyMap<string, ModelClass> = new Map(
  await Promise.all(
    [...new Set(KINDS.flatMap(({ schema }) => schema ?? []))]
      .filter((schema) => schema !== API_SERVER)
      .map(async (schema) => [schema, await load(schema)] as const),
  ),
);

async function load(schema: string): Promise<ModelClass> {
  const module = (await import(schema)) as Readonly<Record<string, ModelClass>>;
  const model = module[schema.slice(schema.lastIndexOf('/') + 1)];
  if (!model) throw new Error(`${schema} exports no model of its name`);
  return model;
}

/** Finds what the API server would reject for its schema. */
export const schemas = invariant('every custom resource is valid against its schema', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) => {
    const kind = findKind(manifest);
    if (kind?.builtIn || kind?.schema === API_SERVER) return [];
    const model = MODELS.get(kind?.schema ?? '');
    return model
      ? faultsOf(model, manifest).map((what) => `${label(manifest)}: ${what}`)
      : [`${label(manifest)} (${manifest.apiVersion}) has no schema here`];
  }),
);

function faultsOf(model: ModelClass, manifest: Manifest): string[] {
  try {
    new model(manifest as never).validate();
    return [];
  } catch (error) {
    return [(error as Error).message.replaceAll(/\s+/g, ' ').trim()];
  }
}
