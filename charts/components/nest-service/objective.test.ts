import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../apps/common/src/metrics.ts';
import { evaluate, hasPromtool } from '../../../test/rules/promtool.ts';
import { podsOf } from '../../lib/network.ts';
import type { HostBinding } from '../../lib/route.ts';
import { NestService } from './nest-service.ts';
import { BUCKETS, REQUESTS, serviceObjective } from './objective.ts';
import { nestServiceSettings } from './settings.ts';

const BINDING: HostBinding = {
  host: 'items.example.com',
  listener: { gateway: 'gateway', namespace: 'gateway', name: 'items' },
  gateway: { name: 'gateway', pods: podsOf('gateway'), ports: {} },
};

// Images do not hold charts/, and charts/ imports no service: what they export is written twice.
it('an objective counts on the histogram and the buckets that the services export', async () => {
  const metrics = new Metrics('items', '1.0.0', { inFlight: () => 0, droppedLines: () => 0 });
  metrics.observe('GET', '/items', 200, 0.01);
  const text = await metrics.registry.metrics();
  const bounds = [...text.matchAll(new RegExp(`^${REQUESTS}_bucket\\{le="([^"+]+)"`, 'gm'))].map(([, le]) =>
    Number(le),
  );
  expect(bounds).toEqual(BUCKETS);
  expect(text).toMatch(new RegExp(`^${REQUESTS}_count\\{method="GET",route="/items",status="200"\\} 1$`, 'm'));
  expect(text).toMatch(/^service_info\{/m);
});

describe.skipIf(!hasPromtool)('the objective of a service', () => {
  it('counts no requests of the kubelet', async () => {
    await evaluate(
      serviceObjective('items', { availability: 99.5 }),
      {
        [`${REQUESTS}_count{namespace="items", route="/items", status="200"}`]: '0+10x90',
        [`${REQUESTS}_count{namespace="items", route="/items", status="500"}`]: '0+10x90',
        [`${REQUESTS}_count{namespace="items", route="/readyz", status="503"}`]: '0+60x90',
      },
      [{ at: 80, values: { 'slo:requests_broken:ratio_rate1h{slo="items-availability"}': [0.5] } }],
    );
  });
});

it('an objective asks for a time that the buckets tell', () => {
  const slo = { availability: 99.9, latency: { p: 0.99, below: '250ms' } };
  const names = serviceObjective('items', slo).flatMap(({ recordings = [] }) =>
    recordings.map(({ labels }) => labels?.['slo']),
  );
  expect(new Set(names)).toEqual(new Set(['items-availability', 'items-latency']));
  expect(() => serviceObjective('items', { ...slo, latency: { p: 0.99, below: '300ms' } })).toThrow(/0\.25, 0\.5/);
});

it('a service has an objective unless its settings say that it has none', () => {
  const rulesOf = (settings: { slo?: false }): string[] =>
    new NestService('items', {
      ...nestServiceSettings.omit({ database: true }).parse(settings),
      image: 'items:1',
      binding: BINDING,
      trustedProxies: [],
    }).rules.map(({ name }) => name);
  expect(rulesOf({})).toEqual(['items', 'slo-items']);
  expect(rulesOf({ slo: false })).toEqual(['items']);
});
