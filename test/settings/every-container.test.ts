import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clusterSchema } from '../../charts/cluster-file.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { asObject, unwrap } from '../../cli/schema-paths.ts';
import { loadCluster } from '../../cli/load.ts';
import { repository } from '../fleets/repository.ts';
import { clusterOf } from '../lib/cluster-objects.ts';
import { importerOf, loadTestFleet, TEST_FLEETS } from '../lib/load-fleet.ts';
import { containersOf, workloadPods } from '../lib/pods.ts';

type Values = Readonly<Record<string, unknown>>;

const CONTAINER = { resources: { limits: { memory: '9Gi' } }, env: { CHANGED_HERE: 'yes' } };
const POD = { tolerations: [{ key: 'dedicated', operator: 'Exists' }] };

/** The values of a cluster file, with settings for every workload and container for which the schema has them. */
function settled(schema: z.ZodType, value: unknown): unknown {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodUnion)
    return settled((bare.options as z.ZodType[]).find((one) => one.safeParse(value).success) ?? z.never(), value);
  if (bare instanceof z.ZodRecord)
    return Object.fromEntries(
      Object.entries(value as Values).map(([key, one]) => [key, settled(bare.valueType as z.ZodType, one)]),
    );
  const object = asObject(bare);
  if (!object) return value;
  const shape = object.shape as Readonly<Record<string, z.ZodType>>;
  const given = value as Values;
  return {
    ...given,
    ...Object.fromEntries(
      Object.entries(shape).flatMap(([key, field]) => {
        // A section that is left out is not deployed; a subsection that is left out has default values.
        const inner = given[key] ?? (field instanceof z.ZodPrefault ? {} : undefined);
        return inner === undefined ? [] : [[key, settled(field, inner)]];
      }),
    ),
    ...('tolerations' in shape && { ...POD, ...container(shape) }),
  };
}

/** Settings of the main container, and of those that the schema names. */
function container(shape: Readonly<Record<string, z.ZodType>>): Values {
  const others = shape['containers'] && asObject(shape['containers']);
  return {
    // A section with a setting of its own for memory derives more from it; pods that an operator starts have no variables.
    ...('memory' in shape ? { memory: '9Gi', ...('env' in shape && { env: CONTAINER.env }) } : CONTAINER),
    ...(others && { containers: Object.fromEntries(Object.keys(others.shape).map((name) => [name, CONTAINER])) }),
  };
}

/** Sections of what is deployed without one, for the sake of others: on every cluster of the test fleet, and with Prometheus. */
const companions = ({ prometheus }: Values): Values => ({
  reloader: {},
  ...(prometheus !== undefined && { prometheusOperator: {} }),
});

const importer = importerOf(TEST_FLEETS);
const clusters = await Promise.all(
  (await loadTestFleet()).map(async ({ name, facts }) => {
    const file = (await importer.cluster(name)).default;
    const changed = settled(clusterSchema, { ...companions(file as Values), ...(file as Values) });
    const cluster = await loadCluster(
      TEST_FLEETS,
      name,
      { ...importer, cluster: () => Promise.resolve({ default: changed }) },
      { value: facts, from: 'the test fleet' },
    );
    const { objects } = renderCluster(cluster, repository);
    // What others have written is changed by its own values, or by overrides.
    const own = objects.filter(({ component }) => !(component in cluster.settings.manifests));
    return clusterOf({ name, objects: own });
  }),
);

describe.each(clusters)('a cluster file: $name', (cluster) => {
  const containers = workloadPods(cluster).flatMap(containersOf);

  it('has containers', () => {
    expect(containers.length).toBeGreaterThan(10);
  });

  it('changes the memory of every container', () => {
    expect(
      containers.filter(({ container: c }) => c.resources?.limits?.['memory'] !== '9Gi').map(({ label }) => label),
    ).toEqual([]);
  });

  it('adds a variable to every container', () => {
    expect(
      containers
        .filter(({ container: { env = [] } }) => !env.some(({ name }) => name === 'CHANGED_HERE'))
        .map(({ label }) => label),
    ).toEqual([]);
  });

  it('places the pods of every workload', () => {
    expect(
      workloadPods(cluster)
        .filter(({ spec }) => JSON.stringify(spec['tolerations']) !== JSON.stringify(POD.tolerations))
        .map(({ label }) => label),
    ).toEqual([]);
  });
});
