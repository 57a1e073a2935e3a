import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ClusterOverview, FleetOverview } from '../../charts/fleet/overview/model.ts';
import { NONE } from '../../charts/fleet/overview/pod-requests.ts';
import { html } from '../../cli/fleet/html.ts';
import { elementsOf, type Parsed } from '../plan/parsed.ts';

const HOSTILE = '</style></td><script>alert(1)</script>"\' onload=`alert(1)` <img src=x onerror=alert(1)>';

const NOTHING = { running: NONE, perNode: NONE, jobs: NONE, volumes: [] };

function cluster(name: string, version: string, host = `app.${name}.example.com`): ClusterOverview {
  const running = { ...NONE, pods: 2, cpuMillicores: 500 };
  const image = { name: 'registry.example/app', tag: version };
  const component = { ...NOTHING, running, name: 'app', image: image.name, images: [image], upstream: [] };
  return {
    name,
    components: [component],
    hosts: [{ host, application: 'app', object: 'HTTPRoute app/app' }],
    certificates: [],
    schedules: [],
    totals: { ...NOTHING, running },
  };
}

const fleet = (...clusters: readonly ClusterOverview[]): FleetOverview => ({ version: 1, clusters: [...clusters] });
const rowsOf = (page: string): string[] =>
  elementsOf(page, false)
    .filter(({ name }) => name === 'tr')
    .map(({ text }) => text.trim());
const named = (elements: readonly Parsed[], name: string): Parsed[] => elements.filter((one) => one.name === name);

describe('the page of a fleet', () => {
  it('has the versions of all clusters, marked where they differ, and each cluster in detail', () => {
    const page = html(fleet(cluster('eu', '1.0'), cluster('us', '1.1')));
    expect(rowsOf(page)).toEqual(expect.arrayContaining(['euus', 'app ≠1.01.1', 'app1.020.500']));
    expect(named(elementsOf(page, false), 'summary').map(({ text }) => text)).toEqual([
      'eu 1 component, 1 host',
      'us 1 component, 1 host',
    ]);
    expect(named(elementsOf(page, false), 'dt').map(({ text }) => text)).toEqual([
      'app.eu.example.com',
      'app.us.example.com',
    ]);
  });

  it('marks what has changed since the base, of lists as well', () => {
    const before = cluster('eu', '1.0', 'old.example.com');
    const page = html({
      ...fleet(cluster('eu', '1.0+build −2', 'new.example.com')),
      base: { commit: 'abc', clusters: [before] },
    });
    const classes = (name: string) =>
      named(elementsOf(page, false), name).map(({ text, attributes }) => `${attributes.get('class')}: ${text}`);
    expect(classes('td')).toContain('changed: 1.0 → 1.0+build −2');
    expect(classes('dt')).toEqual(['new: + new.example.com', 'gone: − old.example.com']);
  });

  it('has what is on its way through the rings', () => {
    const flow = { behind: [], exceptions: [], holds: [], code: [{ ring: 'production', commit: '1'.repeat(40) }] };
    const page = html({ ...fleet(cluster('eu', '1.0')), flow });
    expect(named(elementsOf(page, false), 'li').map(({ text }) => text)).toEqual([
      'production is rendered by the code of 1111111111',
    ]);
  });

  it('lets no value out of its element, and runs no script', () => {
    const hostile = cluster(HOSTILE, HOSTILE, HOSTILE);
    const page = html({
      ...fleet(hostile, cluster('us', '1')),
      base: { commit: HOSTILE, clusters: [hostile, hostile] },
    });
    const elements = elementsOf(page, true);
    expect(named(elements, 'script')).toEqual([]);
    expect(named(elements, 'img')).toEqual([]);
    expect(
      elements.flatMap(({ attributes }) => [...attributes.keys()].filter((name) => name.startsWith('on'))),
    ).toEqual([]);
    const [style] = named(elements, 'style');
    const hash = createHash('sha256')
      .update(style?.text ?? '')
      .digest('base64');
    const policy = named(elements, 'meta').find(({ attributes }) => attributes.has('http-equiv'));
    expect(policy?.attributes.get('content')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });
});
