import { describe, expect, it } from 'vitest';
import type { Rendered } from './objects.ts';
import { application } from './live.fixture.ts';
import { isTryingAgain, troublesOf } from './trouble.ts';

const RENDERED: readonly Rendered[] = [
  {
    application: 'shop',
    manifest: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
  },
  { application: 'shop', manifest: { apiVersion: 'v1', kind: 'PriorityClass', metadata: { name: 'apps' } } },
  {
    application: 'other',
    manifest: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'other' } },
  },
];

const failed = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({
  kind: 'Deployment',
  namespace: 'shop',
  name,
  status: 'SyncFailed',
  message: `${name} is invalid`,
  ...more,
});

const AT = '2026-01-01T00:06:00Z';

describe('troubles of an Application', () => {
  it('are none while it syncs for the first time, nor once it has', () => {
    for (const phase of ['Running', 'Succeeded'])
      expect(troublesOf(application('shop', { operation: { phase } }), RENDERED)).toEqual([]);
  });

  it('are the objects that failed, with the attempts so far, while Argo CD repeats the operation', () => {
    const resources = [failed('web'), { ...failed('db'), status: 'Synced' }];
    const operation = { phase: 'Running', finishedAt: AT, retryCount: 2, syncResult: { resources } };
    expect(troublesOf(application('shop', { operation }), RENDERED)).toEqual([
      { object: 'Deployment shop/web', message: 'web is invalid', attempts: 2 },
    ]);
  });

  it('are not known while another attempt is under way', () => {
    const message = 'Retrying operation with latest revisions. Attempt #2';
    const trying = application('shop', { operation: { phase: 'Running', retryCount: 2, message } });
    expect([isTryingAgain(trying), troublesOf(trying, RENDERED)]).toEqual([true, []]);
    for (const operation of [{ phase: 'Running' }, { phase: 'Running', retryCount: 2, finishedAt: AT }])
      expect(isTryingAgain(application('shop', { operation }))).toBe(false);
  });

  it('count the last attempt, too, once Argo CD has given up', () => {
    const operation = { phase: 'Failed', retryCount: 2, syncResult: { resources: [failed('web')] } };
    expect(troublesOf(application('shop', { operation }), RENDERED)[0]?.attempts).toBe(3);
  });

  it('name a failed hook, and an object of the cluster without the namespace that Argo CD gives it', () => {
    const resources = [
      failed('setup', { kind: 'Job', status: 'Synced', hookPhase: 'Failed' }),
      failed('apps', { kind: 'PriorityClass' }),
    ];
    const operation = { phase: 'Error', syncResult: { resources } };
    expect(troublesOf(application('shop', { operation }), RENDERED).map(({ object }) => object)).toEqual([
      'Job shop/setup',
      'PriorityClass apps',
    ]);
  });

  it('are the message of the operation if no object failed, without what differs between attempts', () => {
    const of = (attempt: number) =>
      troublesOf(
        application('shop', {
          operation: {
            phase: 'Running',
            finishedAt: AT,
            retryCount: attempt,
            message: `no such host. Retrying attempt #${attempt} at 1:0${attempt}AM.`,
          },
        }),
        RENDERED,
      );
    expect(of(1)).toEqual([{ message: 'no such host', attempts: 1 }]);
    expect(of(2)).toEqual([{ message: 'no such host', attempts: 2 }]);
  });

  it.each([
    [
      'dryrun mode for resource PriorityClass/apps: PriorityClass.scheduling.k8s.io "apps" is invalid',
      'PriorityClass apps',
    ],
    ['Deployment.apps "web" is invalid: spec.selector', 'Deployment shop/web'],
    ['Deployment/web-2: field is immutable', undefined],
    ['Service/web: of another Application', undefined],
    ['failed to load target state', undefined],
  ])('of a comparison name the object in "%s"', (message, object) => {
    const conditions = [
      { type: 'ComparisonError', message },
      { type: 'OrphanedResourceWarning', message: 'two orphans' },
    ];
    const found = troublesOf(application('shop', { sync: 'Unknown', conditions, reconciledAt: '1' }), RENDERED);
    expect(found).toEqual([{ ...(object && { object }), message, attempts: 1 }]);
  });

  it('count comparisons by their time', () => {
    const times = new Set<string>();
    const attempts = ['1', '1', '2', '3'].map((reconciledAt) => {
      const conditions = [{ type: 'ComparisonError', message: 'no' }];
      return troublesOf(application('shop', { conditions, reconciledAt }), RENDERED, times)[0]?.attempts;
    });
    expect(attempts).toEqual([1, 1, 2, 3]);
  });
});
