import { describe, expect, it } from 'vitest';
import { type Held, type HeldFiles, heldParts, holdsSchema, sha256OfFiles } from './holds.ts';

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  annotations:
    argocd.argoproj.io/sync-wave: '2'
    example.com/kept: 'yes'
data:
  since: 2026-01-01
`;
const FILES: HeldFiles = new Map([
  ['app/ConfigMap.app.yaml', CONFIG_MAP],
  ['app/Service.app.yaml', 'apiVersion: v1\nkind: Service\nmetadata:\n  name: app\n'],
]);
const COMMIT = 'c'.repeat(40);
const REASON = { because: 'it leaks memory', by: 'Ann', until: '2099-12-31' };
const COMPONENTS = [
  { name: 'app' },
  { name: 'definitions', upstream: { repository: 'https://github.com/example/app' } },
  { name: 'gateway' },
];

/** Holds of one component each, of what FILES are. */
function held(components: Readonly<Record<string, HeldFiles>>): Held {
  const hold = { commit: COMMIT, sha256: sha256OfFiles(FILES), ...REASON };
  return {
    cluster: 'eu',
    file: 'clusters/eu/holds.json',
    byComponent: new Map(Object.entries(components).map(([name, files]) => [name, { hold, files }])),
  };
}

const parts = (components: Readonly<Record<string, HeldFiles>>) => heldParts(held(components), COMPONENTS);

describe('the SHA-256 of held files', () => {
  it('is the same in any order', () => {
    expect(sha256OfFiles(new Map([...FILES].toReversed()))).toBe(sha256OfFiles(FILES));
  });

  it.each<[string, HeldFiles]>([
    ['an edited text', new Map([...FILES, ['app/ConfigMap.app.yaml', `${CONFIG_MAP} `]])],
    ['another name', new Map([...FILES].map(([path, text]) => [path.replace('Service', 'Secret'), text]))],
    ['a file less', new Map([...FILES].slice(1))],
    ['a file more', new Map([...FILES, ['app/Secret.app.yaml', '']])],
    [
      'a text at the end of another file',
      new Map([
        ['a', 'x'],
        ['b', 'yz'],
      ]),
    ],
  ])('is another one with %s', (_, files) => {
    expect(sha256OfFiles(files)).not.toBe(sha256OfFiles(FILES));
  });
});

describe('held components', () => {
  it('are the objects of their files, without the wave, which is derived; a date is a text', () => {
    const app = parts({ app: FILES }).get('app');
    expect(app?.name).toBe('app');
    expect(app?.manifests.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Service']);
    expect(app?.manifests[0]?.metadata.annotations).toEqual({ 'example.com/kept': 'yes' });
    expect(app?.manifests[0]?.['data']).toEqual({ since: '2026-01-01' });
  });

  it.each([
    [
      { ap: FILES },
      'the cluster has no component "ap", which is held\n  at:   clusters/eu/holds.json\n' +
        '  fix:  end the hold: slipway release ap --cluster eu; or correct its name: ',
    ],
    [{ gatewey: new Map() }, 'correct its name: did you mean "gateway"?'],
    [{ nothing: new Map() }, 'correct its name: use one of: app, gateway'],
    [
      { definitions: new Map() },
      'the component definitions has no objects that could be held\n  at:   clusters/eu/holds.json\n' +
        '  fix:  Argo CD fetches it from another repository: slipway release definitions --cluster eu, and',
    ],
    [
      { app: new Map([...FILES].slice(1)) },
      'app is held, but dist/eu/app is not what is held\n  at:   clusters/eu/holds.json\n' +
        '  seen: files (1) with another SHA-256\n' +
        '  fix:  restore it: rm -rf dist/eu/app; git checkout cccccccccc -- dist/eu/app; or end the hold: slipway release app --cluster eu',
    ],
    [{ app: new Map() }, 'seen: no files'],
  ])('are wrong: %o', (components, message) => {
    expect(() => parts(components)).toThrow(message);
  });

  it('have all their mistakes named at once', () => {
    expect(() => parts({ ap: FILES, definitions: FILES, gateway: new Map() })).toThrow(
      /no component "ap"[^]*component definitions has no objects[^]*gateway is held, but/,
    );
  });
});

describe('holds.json', () => {
  const hold = { commit: COMMIT, sha256: 'a'.repeat(64), ...REASON };

  it('takes what slipway hold writes', () => {
    expect(holdsSchema.parse({ app: hold })).toEqual({ app: hold });
  });

  it.each([
    ['commit', 'c'.repeat(10)],
    ['commit', 'main'],
    ['sha256', 'a'.repeat(63)],
    ['because', 'a leak'],
    ['by', ' '],
    ['until', 'soon'],
    ['until', '2026-02-30'],
    ['since', '2026-01-01'],
  ])('does not take %s: %s', (field, value) => {
    expect(holdsSchema.safeParse({ app: { ...hold, [field]: value } }).success).toBe(false);
  });
});
