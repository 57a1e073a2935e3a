import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { SUBCOMMANDS } from '../../cli/commands/index.ts';
import { EXIT } from '../../cli/exit.ts';
import { TemporaryRepository } from '../lib/temporary-repository.ts';

const repository = await TemporaryRepository.make();

afterEach(() => repository.restore());
afterAll(() => repository.remove());

interface Printed {
  readonly [field: string]: unknown;
}

/** What a subcommand prints as JSON: all of standard output, and nothing else anywhere. */
async function printed(...args: readonly string[]): Promise<Printed> {
  const { stdout, stderr } = await repository.run(...args, '--json');
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Printed;
}

/** The names of all fields, at any depth; but those below `files`, which are names of files. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    name,
    ...(['before', 'after', 'files'].includes(name) && !Array.isArray(inner) ? [] : fieldsOf(inner)),
  ]);
}

/** The words that the help of a subcommand says about its fields. */
function documented(name: string): Set<string> {
  const { fields = {} } = SUBCOMMANDS[name]!;
  return new Set(Object.entries(fields).flatMap((entry) => entry.join(' ').match(/\w+/g) ?? []));
}

const REPORTS: readonly (readonly [string, ...string[]])[] = [
  ['synth'],
  ['synth', '--check'],
  ['order', 'test-aks'],
  ['overrides'],
  ['waivers'],
  ['holds'],
  ['secrets', 'test-aks'],
  ['doctor', '--offline'],
];

describe.each(REPORTS)('slipway %s %s --json', (name, ...args) => {
  it('prints one document, whose fields its help names', async () => {
    const found = await printed(name, ...args);
    expect(found['version']).toBe(1);
    expect(Object.keys(found).length).toBeGreaterThan(1);
    expect(fieldsOf(found).filter((field) => !documented(name).has(field))).toEqual([]);
  });
});

describe('as JSON', () => {
  it('every report has its fields in its help, or in a schema', () => {
    const reports = Object.entries(SUBCOMMANDS).filter(([, { options }]) => 'json' in options);
    expect(reports.map(([name]) => name).toSorted()).toEqual([
      'doctor',
      'facts',
      'fleet',
      'holds',
      'order',
      'overrides',
      'pins',
      'plan',
      'secrets',
      'synth',
      'waivers',
    ]);
    for (const [name, { fields, options }] of reports)
      expect(fields !== undefined || options['json']?.means.includes('schema.json'), name).toBe(true);
  });

  it('synth --check lists stale, missing and extra files, and ends as a difference', async () => {
    repository.put('dist/test-kind/left-over.yaml', 'kind: Left');
    repository.put('dist/test-kind/hello/Service.hello.yaml', 'edited');
    rmSync(join(repository.dist, 'test-kind', 'hello', 'Namespace.hello.yaml'));
    const { code, stdout, stderr } = await repository.run('synth', '--check', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      stale: ['test-kind/hello/Service.hello.yaml'],
      missing: ['test-kind/hello/Namespace.hello.yaml'],
      extra: ['test-kind/left-over.yaml'],
    });
    expect([code, stderr]).toEqual([EXIT.difference, '']);
  });

  it('an error is on standard error alone', async () => {
    const { code, stdout, stderr } = await repository.run('secrets', 'test-ask', '--json');
    expect([code, stdout]).toEqual([EXIT.usage, '']);
    expect(stderr).toMatch(/^error: there is no cluster "test-ask"\n/);
  });

  it('facts say which were written, and what follows', async () => {
    const file = 'clusters/test-eks/facts.json';
    const facts = JSON.parse(repository.read(file)) as Readonly<Record<string, unknown>>;
    const outputs = Object.fromEntries(
      Object.entries({ ...facts, cluster_name: 'test-eks' }).map(([name, value]) => [
        name,
        { sensitive: false, type: 'string', value },
      ]),
    );
    repository.put('outputs.json', JSON.stringify(outputs));
    expect(await printed('facts', 'test-eks', '--from', join(repository.root, 'outputs.json'))).toEqual({
      version: 1,
      cluster: 'test-eks',
      file,
      facts: [],
      missing: [],
      stale: [],
      extra: [],
    });
  });

  it('has the order that the text has', async () => {
    const text = (await repository.run('order', 'test-aks')).stdout;
    const { components } = await printed('order', 'test-aks');
    const lines = (components as { name: string; level: number }[]).map(({ name, level }) => `${level}  ${name}`);
    expect(text.match(/^ *\d+ {2}\S+$/gm)?.map((line) => line.trim())).toEqual(lines);
  });
});

describe('slipway synth --quiet', () => {
  it('prints warnings alone, and renders', async () => {
    const stale = 'dist/test-kind/hello/Service.hello.yaml';
    const before = repository.read(stale);
    repository.put(stale, 'edited');
    const { code, stdout, stderr } = await repository.run('synth', '--quiet');
    expect(stdout).toMatch(/^(\S+(, \S+)*: critical alerts go to nobody: [^\n]+\n)$/);
    expect([code, stderr]).toEqual([EXIT.success, '']);
    expect(repository.read(stale)).toBe(before);
  });

  it('with --check prints nothing if dist is up to date, and else the error', async () => {
    expect(await repository.run('synth', '--check', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    repository.put('dist/test-kind/left-over.yaml', 'kind: Left');
    const { code, stdout, stderr } = await repository.run('synth', '--check', '--quiet');
    expect([code, stdout]).toEqual([EXIT.difference, '']);
    expect(stderr).toMatch(/^error: dist is out of date: 1 file\n/);
  });

  it('monitoring and fetch print nothing if there is nothing to say', async () => {
    expect(await repository.run('fetch', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await repository.run('monitoring', '--quiet')).stdout).not.toMatch(/cluster|rules/);
  });
});
