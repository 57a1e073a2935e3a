import { describe, expect, it } from 'vitest';
import { KINDS } from '../kinds/index.ts';
import { UPSTREAM_FACTS, type UpstreamFacts, type UpstreamVersion } from './facts.ts';
import { UPSTREAM_PROJECTS } from './projects.ts';
import { Upstream, upstreamKinds } from './upstream.ts';

const READ = ['get', 'list', 'watch'];

function version(changes: Partial<UpstreamVersion> = {}): UpstreamVersion {
  return {
    sources: [],
    roles: [
      {
        kind: 'ClusterRole',
        name: 'controller',
        rules: [
          { apiGroups: ['a.io'], resources: ['widgets', 'gadgets'], verbs: READ },
          { apiGroups: ['a.io'], resources: ['widgets', 'widgets/status'], verbs: ['update'] },
          { apiGroups: [''], resources: ['leases'], verbs: ['get', 'update'] },
          { nonResourceURLs: ['/metrics'], verbs: ['get'] },
        ],
      },
    ],
    webhooks: [],
    kinds: [],
    ...changes,
  };
}

function upstream(facts: UpstreamFacts = { v1: version() }, pinned = 'v1'): Upstream {
  return new Upstream('velero', pinned, facts);
}

describe('rules', () => {
  it('are those of upstream, joined by verbs, if nothing is left out', () => {
    expect(upstream().rules(['controller'])).toEqual([
      { apiGroups: [''], resources: ['leases'], verbs: ['get', 'update'] },
      { nonResourceUrLs: ['/metrics'], verbs: ['get'] },
      { apiGroups: ['a.io'], resources: ['widgets'], verbs: [...READ, 'update'] },
      { apiGroups: ['a.io'], resources: ['gadgets'], verbs: READ },
      { apiGroups: ['a.io'], resources: ['widgets/status'], verbs: ['update'] },
    ]);
  });

  it('lack what is left out, by resource and verb', () => {
    const rules = upstream().rules(['controller'], {
      without: [
        { group: 'a.io', resources: ['gadgets'], because: 'none is used' },
        { group: 'a.io', resources: ['widgets'], verbs: ['update'], because: 'none is changed' },
      ],
    });
    expect(rules).toContainEqual({ apiGroups: ['a.io'], resources: ['widgets'], verbs: READ });
    expect(JSON.stringify(rules)).not.toContain('gadgets');
  });

  it('are confined to an object that is excepted from a removal', () => {
    const rules = upstream().rules(['controller'], {
      without: [{ resources: ['leases'], verbs: ['update'], except: ['one'], because: 'it is the only one' }],
    });
    expect(rules.filter(({ resources }) => resources?.includes('leases'))).toEqual([
      { apiGroups: [''], resources: ['leases'], verbs: ['get'] },
      { apiGroups: [''], resources: ['leases'], resourceNames: ['one'], verbs: ['update'] },
    ]);
  });

  it.each([
    [{ resources: ['secrets'] }, 'secrets is removed'],
    [{ group: 'a.io', resources: ['gadgets'], verbs: ['get', 'update'] }, 'update a.io/gadgets is removed'],
    [{ group: 'a.io', resources: ['widgets', 'gizmos'] }, 'a.io/gizmos is removed'],
  ])('refuse the removal %j, which removes nothing', (removal, message) => {
    expect(() => upstream().rules(['controller'], { without: [{ ...removal, because: 'x' }] })).toThrow(message);
  });

  it('accept a removal that another version in use needs', () => {
    const older = version({
      roles: [
        { kind: 'ClusterRole', name: 'controller', rules: [{ apiGroups: [''], resources: ['pods'], verbs: READ }] },
      ],
    });
    const without = [{ resources: ['pods'], because: 'only the older version asks for it' }];
    const facts = { v1: version(), v2: older };
    expect(upstream(facts, 'v1').rules(['controller'], { without })).toEqual(upstream().rules(['controller']));
    expect(upstream(facts, 'v2').rules(['controller'], { without })).toEqual([]);
  });

  it('refuse an addition that upstream asks for', () => {
    const addition = { group: 'a.io', resources: ['widgets'], verbs: ['get'], because: 'x' };
    expect(() => upstream().rules(['controller'], { with: [addition] })).toThrow('is added to rights that have it');
  });
});

it('a version without facts is a fault that says how to get them', () => {
  expect(() => upstream({ v1: version() }, 'v2')).toThrow('npx slipway upstream velero --write');
});

it('a role that is neither used nor left out is a fault', () => {
  expect(() => upstream().checkSettled()).toThrow('velero brings controller');
  const left = upstream();
  left.leaveOut(['controller'], 'nothing needs it');
  left.checkSettled();
  expect(() => upstream().leaveOut(['other'], 'x')).toThrow('which upstream does not have');
});

it('a webhook for all kinds names those of the definitions, without removed operations', () => {
  const all = upstream({
    v1: version({
      kinds: [
        { group: 'a.io', kind: 'Widget', resource: 'widgets', scope: 'Namespaced', versions: ['v1'], status: true },
        { group: 'b.io', kind: 'Gizmo', resource: 'gizmos', scope: 'Cluster', versions: ['v1'], status: true },
      ],
      webhooks: [
        {
          configuration: 'ValidatingWebhookConfiguration',
          name: 'hook',
          rules: [{ apiGroups: ['a.io'], apiVersions: ['v1'], operations: ['CREATE', 'DELETE'], resources: ['*/*'] }],
        },
      ],
    }),
  });
  const hook = 'ValidatingWebhookConfiguration hook';
  expect(all.webhook(hook, [{ operations: ['DELETE'], because: 'x' }])).toEqual([
    { apiGroups: ['a.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['widgets', 'widgets/status'] },
  ]);
  expect(() => all.webhook(hook, [{ operations: ['UPDATE'], because: 'x' }])).toThrow('never called for UPDATE');
});

describe('facts', () => {
  it('exist of every project that is read', () => {
    expect(Object.keys(UPSTREAM_FACTS)).toEqual(UPSTREAM_PROJECTS.map(({ name }) => name));
  });

  it('agree with the declarations of kinds', () => {
    for (const { group, kind, resource, scope } of upstreamKinds()) {
      const declared = KINDS.find((one) => one.group === group && one.kind === kind);
      if (declared) expect([kind, declared.resource, declared.scope]).toEqual([kind, resource, scope.toLowerCase()]);
    }
  });
});
