import type { FactsSource } from '../charts/cloud/clouds.ts';
import { Fault } from '../charts/fault.ts';
import type { JsonFile } from './check.ts';

/** The fact, and the output of a Terraform root, that says which cluster the others are about. */
export const CLUSTER_NAME = 'cluster_name';

/**
 * The facts of a cluster without its name, which is in no schema of a cloud. A file that `slipway facts` wrote has the
 * name; one that people write may have it.
 *
 * @throws Fault if they are about another cluster
 */
export function ofCluster(name: string, { value, at }: JsonFile, source: FactsSource): unknown {
  if (!isObject(value) || !(CLUSTER_NAME in value)) return value;
  const { [CLUSTER_NAME]: about, ...facts } = value;
  if (about === name) return facts;
  throw new Fault({
    what: `these are the facts of ${typeof about === 'string' ? `cluster "${about}"` : 'no cluster'}, not of cluster "${name}"`,
    ...at([CLUSTER_NAME]),
    seen: JSON.stringify({ [CLUSTER_NAME]: about }),
    fix: {
      terraform: `take those of bootstrap/roots/${name}: run \`slipway facts ${name}\`; if they are, correct \`cluster\` in its main.tf, and its backend`,
      people: `write those of ${name}, and its name`,
    }[source],
  });
}

/** @throws Fault if outputs of a root do not say which cluster they are about */
export function requireName(name: string, outputs: Readonly<Record<string, unknown>>, from: string): void {
  if (CLUSTER_NAME in outputs) return;
  throw new Fault({
    what: `the outputs do not say which cluster they are about: "${CLUSTER_NAME}" is missing`,
    where: from,
    fix: `add the output "${CLUSTER_NAME}" to bootstrap/roots/${name}/outputs.tf, as the other roots have it, and run \`terraform apply\``,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
