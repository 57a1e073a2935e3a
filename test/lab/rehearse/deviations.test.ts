import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../charts/plan/model.ts';
import { deviations } from './deviations.ts';
import { type Change, NOTHING_SEEN, type Planned, type Seen } from './report.ts';

const WEB = { application: 'shop', object: 'Deployment shop/web' };
const RESTART = { ...WEB, pods: 2 };
const REFUSAL = { ...WEB, message: 'is invalid', attempts: 3, healed: false };

function seen(some: Partial<Seen> = {}): Seen {
  return { ...NOTHING_SEEN, seconds: 1, ...some };
}

function planned(verdict: Verdict, more: Partial<Planned> = {}): Planned {
  return { ...WEB, verdict, ...more };
}

const changed = (how: Change['how'], object = WEB.object): Partial<Seen> => ({
  changes: [{ application: 'shop', object, how }],
});

describe('as planned', () => {
  it.each<readonly [Verdict, Partial<Seen>]>([
    ['restart', { restarts: [RESTART] }],
    ['refused', { refusals: [REFUSAL] }],
    ['refused', { refusals: [{ application: 'shop', message: 'whole', attempts: 3, healed: false }] }],
    ['create', changed('created')],
    ['delete', changed('deleted')],
    ['cascade', changed('deleted')],
    ['confirm', changed('deleted')],
    ['replace', { ...changed('replaced'), restarts: [RESTART] }],
    ['replace', { hooks: [WEB] }],
    ['move', { ...changed('replaced'), refusals: [{ ...REFUSAL, healed: true }] }],
    ['update', {}],
    ['inert', {}],
    ['kept', {}],
    ['order', {}],
    ['same', {}],
  ])('is %s with what it means', (verdict, found) => {
    expect(deviations([planned(verdict)], seen(found))).toEqual([]);
  });

  it('is what goes along with a cascade', () => {
    const found = seen({
      changes: [...changed('deleted').changes!, ...changed('deleted', 'Service shop/web').changes!],
    });
    expect(deviations([planned('cascade', { takes: ['Service shop/web'] })], found)).toEqual([]);
  });

  it('is a restart of what a controller makes of a resource that changes', () => {
    const restarts = [{ application: 'shop', object: 'StatefulSet shop/p', madeFrom: 'Prometheus shop/p', pods: 1 }];
    expect(deviations([planned('update', { object: 'Prometheus shop/p' })], seen({ restarts }))).toEqual([]);
    expect(deviations([], seen({ restarts }))).toHaveLength(1);
  });

  it('is what waits for a refused object of its Application, or for the root', () => {
    const plan = [
      planned('refused'),
      planned('restart', { object: 'Deployment shop/worker' }),
      planned('create', { application: 'root', object: 'Application argocd/late' }),
      planned('create', { application: 'late', object: 'Service late/late' }),
    ];
    const found = { refusals: [REFUSAL], unsettled: [{ application: 'late', status: 'missing' }] };
    expect(deviations(plan, seen(found))).toEqual([]);
    expect(
      deviations([...plan, planned('restart', { application: 'other', object: 'Deployment other/o' })], seen(found)),
    ).toEqual([{ application: 'other', object: 'Deployment other/o', planned: 'restart', seen: 'nothing' }]);
  });

  it('is a hook that runs with every sync', () => {
    expect(deviations([], seen({ hooks: [WEB] }))).toEqual([]);
  });
});

describe('not as planned', () => {
  it('is a restart that was not planned, with what was', () => {
    expect(deviations([planned('update')], seen({ restarts: [RESTART] }))).toEqual([
      { ...WEB, planned: 'update', seen: '2 pods replaced' },
    ]);
    expect(deviations([], seen({ restarts: [{ ...RESTART, pods: 1 }] }))).toEqual([
      { ...WEB, planned: 'nothing', seen: '1 pod replaced' },
    ]);
  });

  it('is a refusal that was not planned, healed or not, once with what was planned instead', () => {
    expect(deviations([planned('restart')], seen({ refusals: [REFUSAL] }))).toEqual([
      { ...WEB, planned: 'restart', seen: 'refused 3 times' },
    ]);
    expect(deviations([], seen({ refusals: [{ ...REFUSAL, attempts: 1, healed: true }] }))).toEqual([
      { ...WEB, planned: 'nothing', seen: 'refused, healed' },
    ]);
  });

  it('is a refusal of a whole Application of which nothing is planned to be refused', () => {
    const refusals = [{ application: 'shop', message: 'not YAML', attempts: 3, healed: false }];
    expect(deviations([planned('restart')], seen({ refusals }))).toEqual([
      { application: 'shop', planned: 'nothing', seen: 'refused 3 times' },
    ]);
  });

  it.each<readonly [Verdict, Partial<Seen>, string]>([
    ['restart', {}, 'nothing'],
    ['refused', {}, 'nothing'],
    ['delete', {}, 'nothing'],
    ['create', {}, 'nothing'],
    ['refused', { restarts: [RESTART] }, '2 pods replaced'],
  ])('is %s of which something else was seen', (verdict, found, says) => {
    expect(deviations([planned(verdict)], seen(found))).toContainEqual({ ...WEB, planned: verdict, seen: says });
  });

  it('is a deletion of what was to stay', () => {
    expect(deviations([planned('kept')], seen(changed('deleted')))).toEqual([
      { ...WEB, planned: 'kept', seen: 'deleted' },
    ]);
  });
});
