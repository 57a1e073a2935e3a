import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../charts/lib/manifest.ts';
import { application, type ApplicationState } from './live.fixture.ts';
import { ApplicationLog } from './log.ts';

const NAMES = ['hello', 'ledger', 'root'];
const HELLO = new Set(['hello']);

/** A log of a cluster that was Synced and Healthy before the push, and what its watch told since then. */
function logOf(...events: readonly (readonly [seconds: number, name: string, state: ApplicationState])[]) {
  const log = new ApplicationLog(
    NAMES.map((name) => application(name)),
    [],
  );
  for (const [time, name, state] of events) log.put(application(name, state), time * 1000);
  return log;
}

const syncing = (phase: string, more: object = {}) => ({ phase, startedAt: '2026-01-01T00:05:00Z', ...more });
const refused = (retryCount: number): ApplicationState => ({
  sync: 'OutOfSync',
  revision: 'head',
  operation: syncing('Running', {
    retryCount,
    finishedAt: '2026-01-01T00:06:00Z',
    message: `is invalid. Retrying attempt #${retryCount} at 1:00AM.`,
  }),
});
const DONE: ApplicationState = { revision: 'head', operation: syncing('Succeeded') };

function rendered(waves: Readonly<Record<string, string>>): Manifest[] {
  return Object.entries(waves).map(([name, wave]) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, annotations: { 'argocd.argoproj.io/sync-wave': wave } },
  }));
}

describe('what there is to wait for', () => {
  it('is a changed Application until Argo CD has compared it with the commit, and it is Synced and Healthy', () => {
    const steps = [
      logOf(),
      logOf([1, 'hello', { sync: 'OutOfSync', revision: 'head' }]),
      logOf([1, 'hello', { health: 'Progressing', revision: 'head' }]),
      logOf([1, 'hello', DONE]),
    ];
    expect(steps.map((log) => log.pending(NAMES, HELLO, 'head'))).toEqual([['hello'], ['hello'], ['hello'], []]);
  });

  it('is an Application that is to come, and one that is to go', () => {
    const log = logOf([1, 'hello', DONE]);
    expect(log.pending([...NAMES, 'shop'], HELLO, 'head')).toEqual(['shop']);
    expect(log.pending(['hello', 'root'], HELLO, 'head')).toEqual(['ledger']);
    log.delete('ledger', 2000);
    expect(log.pending(['hello', 'root'], HELLO, 'head')).toEqual([]);
  });

  it('is a refused Application for three attempts; then neither that nor what the root holds back', () => {
    expect(logOf([1, 'hello', refused(2)]).pending(NAMES, HELLO, 'head')).toEqual(['hello']);
    const log = logOf(
      [1, 'hello', refused(3)],
      [1, 'root', { health: 'Degraded' }],
      [2, 'ledger', { sync: 'OutOfSync' }],
    );
    expect(log.pending([...NAMES, 'shop'], HELLO, 'head')).toEqual(['ledger']);
  });

  it('is somebody to confirm a deletion', () => {
    const resources = [{ kind: 'Namespace', requiresDeletionConfirmation: true }];
    const log = logOf(
      [1, 'hello', { deletionTimestamp: '2026-01-01T00:05:00Z', resources }],
      [1, 'ledger', { deletionTimestamp: '2026-01-01T00:05:00Z' }],
      [1, 'root', { operation: syncing('Running', { message: 'waiting for pruning confirmation of Namespace/shop' }) }],
    );
    expect(log.waitingToDelete()).toEqual(['hello', 'root']);
  });

  it('is a comparison that failed', () => {
    const conditions = [{ type: 'ComparisonError', message: 'no' }];
    const log = logOf([1, 'hello', { conditions, reconciledAt: '1' }], [1, 'ledger', refused(1)]);
    expect(log.notCompared()).toEqual(['hello']);
    log.put(application('hello', DONE), 2000);
    expect(log.notCompared()).toEqual([]);
  });
});

describe('refusals', () => {
  it('are one with the most attempts, and healed once the Application is Synced and Healthy', () => {
    const one = { application: 'hello', message: 'is invalid' };
    expect(logOf([1, 'hello', refused(1)], [11, 'hello', refused(2)]).refusals()).toEqual([
      { ...one, attempts: 2, healed: false },
    ]);
    expect(logOf([1, 'hello', refused(1)], [11, 'hello', refused(2)], [30, 'hello', DONE]).refusals()).toEqual([
      { ...one, attempts: 2, healed: true },
    ]);
  });

  it('that are repeated are no change', () => {
    expect(logOf([1, 'hello', refused(1)], [11, 'hello', refused(2)]).changedAt).toBe(1000);
    const trying = { sync: 'OutOfSync', revision: 'head', operation: syncing('Running', { retryCount: 1 }) };
    const between = logOf([1, 'hello', refused(1)], [9, 'hello', trying]);
    expect([between.changedAt, between.refusals().length, between.pending(NAMES, HELLO, 'head')]).toEqual([
      1000,
      1,
      ['hello'],
    ]);
    expect(logOf([1, 'hello', refused(1)], [11, 'hello', DONE]).changedAt).toBe(11_000);
  });
});

describe('who has not settled', () => {
  it('is each one with its status, but not the root for the health of others', () => {
    const log = logOf([1, 'hello', { sync: 'OutOfSync', health: 'Degraded' }], [1, 'root', { health: 'Degraded' }]);
    expect(log.unsettled([...NAMES.filter((name) => name !== 'ledger'), 'shop'])).toEqual([
      { application: 'shop', status: 'missing' },
      { application: 'hello', status: 'OutOfSync, Degraded' },
      { application: 'ledger', status: 'still there' },
    ]);
  });

  it('is the root, if nobody else is', () => {
    expect(logOf([1, 'root', { health: 'Progressing' }]).unsettled(NAMES)).toEqual([
      { application: 'root', status: 'Synced, Progressing' },
    ]);
  });
});

describe('waves', () => {
  it('are those in which something synced, from its first start to its last end', () => {
    const log = logOf(
      [1.24, 'hello', { operation: syncing('Running') }],
      [2, 'ledger', { operation: syncing('Running') }],
      [3, 'hello', { ...DONE, health: 'Progressing' }],
      [5, 'ledger', DONE],
      [6.5, 'hello', DONE],
    );
    expect(log.waves(rendered({ root: '7', ledger: '2', hello: '2' }))).toEqual([
      { wave: 2, applications: ['hello', 'ledger'], from: 1.2, to: 6.5 },
    ]);
    expect(log.waves(rendered({ root: '7', ledger: '3', hello: '2' })).map(({ wave }) => wave)).toEqual([2, 3]);
  });

  it('have no end if one of their Applications is not healthy', () => {
    const log = logOf([1, 'hello', DONE], [2, 'ledger', { ...DONE, health: 'Degraded' }]);
    expect(log.waves(rendered({ ledger: '2', hello: '2' }))).toEqual([
      { wave: 2, applications: ['hello', 'ledger'], from: 1 },
    ]);
  });
});
