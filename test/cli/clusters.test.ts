import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aksFacts } from '../../charts/cloud/aks.ts';
import { clouds, createCloud, needsFacts } from '../../charts/cloud/clouds.ts';
import { clusterSchema } from '../../charts/cluster-file.ts';
import { describe as textOf, Fault, inCluster } from '../../charts/fault.ts';
import { facts } from '../../cli/facts.ts';
import { loadCluster } from '../../cli/load.ts';
import { order } from '../../cli/order.ts';
import { synth } from '../../cli/synth.ts';
import { FACTS, FleetFolder, IN_CLOUD, LAPTOP, PINS } from './fleet-folder.ts';

/**
 * A volume without a backup: a mistake that only rendering detects, in no line of a file. Its message has the word
 * "namespace", which contains an "a".
 */
const NO_BACKUP = { mongo: { size: '1Gi', dumpSize: '1Gi', memory: '1Gi' } };

let fleet: FleetFolder;
beforeEach(() => {
  fleet = new FleetFolder();
});
afterEach(() => fleet.remove());

async function faultOf(run: Promise<unknown>): Promise<Fault> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Fault)) throw new Error('no Fault was thrown', { cause: error });
  return error;
}

/** The locations in a message. */
function places({ message }: Fault): string[] {
  return message.split('\n').flatMap((line) => (line.startsWith('  at:   ') ? [line.slice(8)] : []));
}

describe('a fault found while rendering', () => {
  it('names its cluster, even if the name of a cluster occurs in the text', async () => {
    fleet.add('a', { ...LAPTOP, ...NO_BACKUP });
    fleet.add('local', { ...LAPTOP, ...NO_BACKUP });
    expect(places(await faultOf(synth(fleet, [])))).toEqual([
      'cluster a, StatefulSet mongo/mongo-dump, namespace mongo',
      'cluster local, StatefulSet mongo/mongo-dump, namespace mongo',
    ]);
  });

  it('names its cluster if the object has the same name', async () => {
    fleet.add('mongo', { ...LAPTOP, ...NO_BACKUP });
    expect(places(await faultOf(synth(fleet, [])))).toContain(
      'cluster mongo, StatefulSet mongo/mongo-dump, namespace mongo',
    );
  });

  it('has the cluster as a property of the problem', async () => {
    fleet.add('a', { ...LAPTOP, ...NO_BACKUP });
    fleet.add('b', LAPTOP);
    fleet.add('local', { ...LAPTOP, ...NO_BACKUP });
    const { problems } = await faultOf(synth(fleet, []));
    expect(problems.map(({ cluster, where }) => [cluster, where])).toEqual([
      ['a', 'StatefulSet mongo/mongo-dump, namespace mongo'],
      ['local', 'StatefulSet mongo/mongo-dump, namespace mongo'],
    ]);
  });

  it('names the file of the cluster if there is one', async () => {
    const { traefik: _, ...withoutTraefik } = PINS;
    fleet.add('a', LAPTOP, { pins: withoutTraefik });
    fleet.add('local', { ...LAPTOP, services: { items: { database: 'mongo' } } });
    expect(places(await faultOf(synth(fleet, [])))).toEqual([
      'clusters/pins/a/gateway.json',
      'clusters/local/cluster.ts:10',
    ]);
  });

  it.each([
    ['order', () => order(fleet, 'a', { mermaid: false })],
    ['facts', () => facts(fleet, 'a', { from: join(fleet.root, 'outputs.json') })],
  ])('has the same text in slipway %s', async (_, run) => {
    fleet.add('a', { ...LAPTOP, ...NO_BACKUP });
    fleet.write('outputs.json', '{}');
    expect(places(await faultOf(run()))).toEqual(['cluster a, StatefulSet mongo/mongo-dump, namespace mongo']);
  });
});

describe('a fault in a file of a cluster', () => {
  it('names only the file and the line', async () => {
    fleet.add('a', { ...LAPTOP, gateway: { replicas: 'one' } });
    fleet.add('local', { ...IN_CLOUD, cloud: 'aks' }, { facts: FACTS.replace('"tenant_id"', '"tenantid"') });
    expect(places(await faultOf(synth(fleet, [])))).toEqual([
      'clusters/a/cluster.ts:7',
      'clusters/local/facts.json:1',
      'clusters/local/facts.json:2',
    ]);
  });
});

describe('the location of a problem', () => {
  const problem = { what: 'it is wrong', fix: 'correct it' };

  it.each([
    [{ file: 'clusters/a/cluster.ts:3' }, 'clusters/a/cluster.ts:3'],
    [{ file: 'clusters/a/cluster.ts:3', cluster: 'a' }, 'clusters/a/cluster.ts:3'],
    [{ where: 'the command line' }, 'the command line'],
    [{ where: 'component b', cluster: 'a' }, 'cluster a, component b'],
    [{ cluster: 'a' }, 'cluster a'],
  ])('of %j is "%s"', (place, text) => {
    expect(textOf({ ...problem, ...place })).toBe(`it is wrong\n  at:   ${text}\n  fix:  correct it`);
  });

  it('is omitted if there is none', () => {
    expect(textOf(problem)).toBe('it is wrong\n  fix:  correct it');
  });
});

it('inCluster rethrows an error that is not a Fault unchanged', () => {
  const error = new TypeError('x is undefined');
  expect(() =>
    inCluster('a', () => {
      throw error;
    }),
  ).toThrow(error);
});

describe('facts', () => {
  it('are parsed once', async () => {
    fleet.add('a', IN_CLOUD, { facts: FACTS });
    const parses = [vi.spyOn(aksFacts, 'parse'), vi.spyOn(aksFacts, 'safeParse')];
    const { facts: known, cloud } = await loadCluster(fleet.root, 'a', fleet.importer);
    expect(parses.flatMap(({ mock }) => mock.calls)).toHaveLength(1);
    vi.restoreAllMocks();
    expect(known).toEqual(JSON.parse(FACTS));
    expect([cloud.kind, cloud.secretPrefix]).toEqual(['aks', 'a-']);
  });

  it('of one cloud do not compile for another', () => {
    const create = (): unknown =>
      // @ts-expect-error: facts of kind, which are none, for AKS.
      createCloud('aks', { name: 'a', domain: 'example.com' }, {});
    expect(create).toThrow(TypeError);
  });
});

describe.each(Object.keys(clouds) as (keyof typeof clouds)[])('the cloud %s', (name) => {
  it('is a valid cloud of a cluster file', () => {
    expect(clusterSchema.safeParse({ ...IN_CLOUD, cloud: name }).success).toBe(true);
  });

  it('needs facts if its schema has fields', () => {
    expect(needsFacts(name)).toBe(Object.keys(clouds[name].facts.shape).length > 0);
  });
});
