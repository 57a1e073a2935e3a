import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineCluster } from '../cluster-file.ts';
import { componentName, eachInstance, type Instances, instances } from './instances.ts';

const settings = z.strictObject({ size: z.string().default('1Gi'), backup: z.strictObject({}).optional() });
const section = instances(settings, { component: 'cache', tightest: { kind: 'StatefulSet', suffix: '-dump' } });

const messages = (value: unknown): unknown => {
  const [issue] = section.safeParse(value).error?.issues ?? [];
  return issue?.code === 'invalid_union' ? issue.errors.flat() : issue;
};

describe('a section for several instances', () => {
  it.each([
    [{}, { cache: { size: '1Gi' } }],
    [{ size: '2Gi' }, { cache: { size: '2Gi' } }],
    [{ backup: {} }, { cache: { size: '1Gi', backup: {} } }],
    [{ cache: { size: '2Gi' } }, { cache: { size: '2Gi' } }],
    [
      { main: {}, other: { size: '2Gi' } },
      { main: { size: '1Gi' }, other: { size: '2Gi' } },
    ],
  ])('reads %j by name', (value, named) => {
    expect(section.parse(value)).toEqual(named);
  });

  it('has an output by name only', () => {
    expectTypeOf(section.parse({})).toExtend<Instances<z.output<typeof settings>>>();
  });

  it.each([
    [{ size: {} }],
    [{ backup: { size: '1Gi' } }],
    [{ size: '1Gi', main: {} }],
    [{ main: {}, backup: {} }],
    [{ main: '1Gi' }],
    [[]],
    ['1Gi'],
  ])('rejects %j', (value) => {
    expect(section.safeParse(value).success).toBe(false);
  });

  it.each(['Main', '2nd', 'a_b', 'a-', '', 'a.b'])('rejects the name "%s"', (name) => {
    expect(JSON.stringify(messages({ [name]: {} }))).toContain('must be lower-case letters, digits and hyphens');
  });

  it.each([
    ['cache', 'StatefulSet', '-dump', 52 - '-dump'.length],
    ['cache', 'Deployment', '', 47],
  ] as const)('limits the names of %s with a %s *%s to %i characters', (component, kind, suffix, longest) => {
    const limited = instances(settings, { component, tightest: { kind, suffix } });
    const name = 'x'.repeat(longest - 'cache-'.length);
    expect(limited.safeParse({ [name]: {} }).success).toBe(true);
    expect(JSON.stringify(limited.safeParse({ [`${name}x`]: {} }).error)).toContain('must be shorter by 1');
  });
});

describe('the component of an instance', () => {
  it('has the plain name if the instance is named like the component', () => {
    expect(componentName('cache', 'cache')).toBe('cache');
    expect(componentName('cache', 'main')).toBe('cache-main');
  });

  it('is created with its own settings and found by the name of the instance', () => {
    const created = eachInstance('cache', { cache: 1, main: 2 }, (name, own) => `${name} ${own}`);
    expect([...created]).toEqual([
      ['cache', 'cache 1'],
      ['main', 'cache-main 2'],
    ]);
    expect(eachInstance('cache', undefined, String).size).toBe(0);
  });
});

// Each directive is an error of the compiler itself if the line below it has none.
it('the compiler reports mistakes in both forms of a section', () => {
  const cluster = { cloud: 'kind', domain: 'a.test', certManager: {}, externalSecrets: {}, gateway: {} } as const;
  defineCluster({ ...cluster, mongo: {} });
  defineCluster({ ...cluster, mongo: { size: '1Gi' } });
  defineCluster({ ...cluster, mongo: { main: {}, analytics: { size: '1Gi' } } });
  // @ts-expect-error A misspelt setting.
  defineCluster({ ...cluster, mongo: { size: '1Gi', sizee: '1Gi' } });
  // @ts-expect-error A misspelt setting of an instance.
  defineCluster({ ...cluster, mongo: { main: { sizee: '1Gi' } } });
  // @ts-expect-error Settings beside an instance.
  defineCluster({ ...cluster, mongo: { size: '1Gi', main: {} } });
  // @ts-expect-error An instance without settings.
  defineCluster({ ...cluster, mongo: { main: '1Gi' } });
  expect.assertions(0);
});
