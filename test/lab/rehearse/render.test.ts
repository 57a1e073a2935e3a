import { describe, expect, it } from 'vitest';
import { markdown, text } from './render.ts';
import { NOTHING_SEEN, type Report } from './report.ts';

const NOTHING: Report = {
  version: 1,
  cluster: 'shop-1',
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  planned: [],
  ...NOTHING_SEEN,
  notAsPlanned: [],
};

const REPORT: Report = {
  ...NOTHING,
  planned: [
    { application: 'shop', object: 'Deployment shop/web', verdict: 'restart' },
    {
      application: 'shop',
      object: 'Service shop/web',
      verdict: 'cascade',
      takes: ['Service shop/web', 'Job shop/late'],
    },
    { application: 'db', object: 'StatefulSet db/db', verdict: 'refused' },
    { application: 'db', object: 'Service db/db', verdict: 'create' },
  ],
  refusals: [
    { application: 'db', object: 'StatefulSet db/db', message: 'Forbidden:\nno | <b>', attempts: 3, healed: false },
    { application: 'shop', message: 'no endpoints', attempts: 1, healed: true },
  ],
  restarts: [{ application: 'shop', object: 'Deployment shop/web', pods: 2 }],
  changes: [
    { application: 'shop', object: 'Service shop/web', how: 'deleted' },
    { application: 'root', object: 'Application argocd/x', how: 'created' },
  ],
  hooks: [{ application: 'shop', object: 'Job shop/setup' }],
  confirmed: ['old'],
  waves: [
    { wave: 2, applications: ['db'], from: 1.2 },
    { wave: 3, applications: ['shop', 'web'], from: 1.5, to: 12.3 },
  ],
  unsettled: [{ application: 'db', status: 'OutOfSync, Healthy' }],
  seconds: 31.4,
  notAsPlanned: [
    { application: 'root', object: 'Application argocd/x', planned: 'nothing', seen: 'created' },
    { application: 'shop', planned: 'nothing', seen: 'refused, healed' },
  ],
};

/** Up to what is the same in all. */
const upTo = (all: string): string => all.slice(0, all.indexOf('Not proven:')).trimEnd();

describe('the report in a terminal', () => {
  it('has what happened, the worst first, waves, how much was planned, and what was not as planned', () => {
    expect(upTo(text(REPORT)).split('\n')).toEqual([
      'Rehearsed: shop-1, aaaaaaaaaa → bbbbbbbbbb, not settled; nothing new from 31.4 s after the push on',
      '  refused    db    StatefulSet db/db: 3 attempts, not healed',
      String.raw`             Forbidden:\nno | <b>`,
      '  refused    shop  1 attempt, healed by itself',
      '             no endpoints',
      '  unsettled  db    OutOfSync, Healthy',
      '  held up    db    1 other planned change did not come',
      '  restarted  shop  Deployment shop/web: 2 pods replaced',
      '  deleted    shop  Service shop/web',
      '  created    root  Application argocd/x',
      '  ran again  shop  Job shop/setup',
      '  confirmed  old   its deletion waited for a person, and the rehearsal confirmed it',
      '',
      '  wave  2    1.2 to never    db',
      '  wave  3    1.5 to  12.3 s  shop, web',
      '',
      '  refused   1 planned, 2 seen',
      '  restart   1 planned, 1 seen',
      '  deleted   2 planned, 1 seen',
      '  created   1 planned, 1 seen',
      '',
      'Not as planned:',
      '  root: Application argocd/x: planned nothing, seen created',
      '  shop: planned nothing, seen refused, healed',
    ]);
  });

  it('says in one line that nothing changes, and that all is as planned', () => {
    expect(text(NOTHING)).toBe('Nothing to rehearse: shop-1 is the same in aaaaaaaaaa and bbbbbbbbbb');
    const settled = { ...NOTHING, planned: REPORT.planned.slice(0, 1), restarts: REPORT.restarts, seconds: 6 };
    expect(upTo(text(settled)).split('\n')).toEqual([
      'Rehearsed: shop-1, aaaaaaaaaa → bbbbbbbbbb, settled 6.0 s after the push',
      '  restarted  shop  Deployment shop/web: 2 pods replaced',
      '',
      '  restart   1 planned, 1 seen',
      '',
      'As planned.',
    ]);
  });

  it('says what it does not prove', () => {
    expect(text(REPORT)).toMatch(/Not proven:\n {2}Nodes are simulated: no image is pulled or run/);
  });
});

describe('the report in Markdown', () => {
  it('begins with what was not as planned; names and messages are code', () => {
    const lines = upTo(markdown(REPORT)).split('\n');
    expect(lines.slice(0, 9)).toEqual([
      '### Rehearsed: `shop-1`, `aaaaaaaaaa` → `bbbbbbbbbb`, not settled; nothing new from 31.4 s after the push on',
      '',
      '**Not as planned:**',
      '',
      '- `root`: `Application argocd/x`: planned nothing, seen created',
      '- `shop`: planned nothing, seen refused, healed',
      '',
      '- **refused** `db`: `StatefulSet db/db`: 3 attempts, not healed  ',
      '  `Forbidden:\\nno | <b>`',
    ]);
    expect(lines).toContain('| refused | 1 | 2 |');
    expect(lines).toContain('| 2 | 1.2 to the end | `db` |');
    expect(lines).toContain('| 3 | 1.5 to 12.3 | `shop`, `web` |');
  });

  it('says the outcome in one line', () => {
    const outcome = (report: Report) => markdown(report).split('\n')[2];
    expect(markdown(NOTHING)).toBe('### Nothing to rehearse: `shop-1` is the same in `aaaaaaaaaa` and `bbbbbbbbbb`\n');
    expect(outcome({ ...NOTHING, seconds: 1 })).toBe('**As planned.**');
    expect(outcome({ ...REPORT, notAsPlanned: [] })).toBe('**As planned, but not all is Synced and Healthy.**');
  });
});
