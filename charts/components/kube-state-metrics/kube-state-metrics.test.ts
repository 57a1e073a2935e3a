import { expect, it } from 'vitest';
import { newestUpstream } from '../../../test/lib/upstream.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { KubeStateMetrics } from './kube-state-metrics.ts';
import { kubeStateMetricsSettings } from './settings.ts';

const component = new KubeStateMetrics({
  ...kubeStateMetricsSettings.parse({}),
  image: 'kube-state-metrics:v2.20.0',
  upstream: newestUpstream('kube-state-metrics'),
});
component.dns = [];
component.apiServer = [{ cidr: '10.1.0.1/32' }];
const objects: Record<string, Manifest> = Object.fromEntries(
  manifestsOf(component).manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m]),
);
const rules = listAt(objects['ClusterRole/kube-state-metrics'], 'rules');
const container: unknown = at(objects['Deployment/kube-state-metrics'], 'spec', 'template', 'spec', 'containers', 0);

it('may list exactly the resources that it is told to read', () => {
  const [, read = ''] = /--resources=(\S+)/.exec(listAt(container, 'args').join(' ')) ?? [];
  expect(new Set(read.split(','))).toEqual(new Set(rules.flatMap((rule) => listAt(rule, 'resources'))));
});

it('may only list and watch', () => {
  expect(new Set(rules.flatMap((rule) => listAt(rule, 'verbs')))).toEqual(new Set(['list', 'watch']));
});

it('calls the API server alone', () => {
  const [, ...egress] = listAt(objects['NetworkPolicy/kube-state-metrics'], 'spec', 'egress');
  expect(egress.map((rule) => at(rule, 'to'))).toEqual([[{ ipBlock: { cidr: '10.1.0.1/32' } }]]);
});

it('is not restarted while the API server is away', () => {
  expect(at(container, 'livenessProbe', 'httpGet', 'path')).toBe('/healthz');
});
