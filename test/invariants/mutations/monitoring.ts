import { listAt, type Manifest } from '../../../charts/lib/manifest.ts';
import type { Draft } from '../../lib/draft.ts';
import { monitored, serviceMonitor } from '../../lib/monitored.ts';
import {
  alertNames,
  alertsExplained,
  metricsScraped,
  monitorPorts,
  recordingsOwned,
  targetsReachable,
} from '../monitoring.ts';
import { type Mutation, mutations } from './mutation.ts';

/** Adds a small cluster that meets these invariants, whose Prometheus is the only one, and breaks it. */
const broken =
  (change: (d: Draft) => void) =>
  (d: Draft): void => {
    d.objects = d.objects.filter(({ manifest }) => manifest.kind !== 'Prometheus');
    for (const manifest of monitored()) d.add('shop', manifest);
    change(d);
  };

const ENDPOINTS = ['spec', 'podMetricsEndpoints'] as const;
const RULES = ['spec', 'groups', 0, 'rules'] as const;
const ALERT = [...RULES, 2] as const;

const monitor = (d: Draft): Manifest => d.find('PodMonitor', (m) => m.metadata.namespace === 'shop');
const rules = (d: Draft): Manifest => d.find('PrometheusRule', (m) => m.metadata.namespace === 'shop');

/** Monitors, what they reach, and rules. */
export const monitoringMutations: readonly Mutation[] = [
  ...mutations(metricsScraped, {
    'port for metrics without a monitor': [
      broken((d) => d.remove(monitor(d))),
      /^port "metrics" of StatefulSet shop\/shop is scraped by no monitor/,
    ],
    'second port for metrics that no endpoint names': [
      broken((d) =>
        d.push(d.find('StatefulSet', 'shop'), ['spec', 'template', 'spec', 'containers', 0, 'ports'], {
          name: 'cache-metrics',
          containerPort: 9101,
        }),
      ),
      /^port "cache-metrics" of StatefulSet shop\/shop is scraped by no monitor/,
    ],
    'port for metrics with two monitors': [
      broken((d) => d.copy(monitor(d), 'again')),
      /^port "metrics" of StatefulSet shop\/shop is scraped by PodMonitor shop\/shop and PodMonitor shop\/again/,
    ],
    'port for metrics that a Service leads to as well': [
      broken((d) => d.add('shop', serviceMonitor('numbers'))),
      /^port "metrics" of StatefulSet shop\/shop is scraped by PodMonitor shop\/shop and ServiceMonitor shop\/shop/,
    ],
    'endpoint that is listed twice': [
      broken((d) => d.push(monitor(d), ENDPOINTS, { port: 'metrics', path: '/more' })),
      /^port "metrics" of StatefulSet shop\/shop is scraped by PodMonitor shop\/shop and PodMonitor shop\/shop/,
    ],
    'Prometheus that reads no monitors of other namespaces': [
      broken((d) => d.drop(d.find('Prometheus', 'scraper'), 'spec', 'podMonitorNamespaceSelector')),
      /^port "metrics" of StatefulSet shop\/shop is scraped by no monitor/,
    ],
    'Prometheus that selects no monitors': [
      broken((d) => d.drop(d.find('Prometheus', 'scraper'), 'spec', 'podMonitorSelector')),
      /^port "metrics" of StatefulSet shop\/shop is scraped by no monitor/,
    ],
  }),
  ...mutations(monitorPorts, {
    'PodMonitor of a port that its pods do not have': [
      broken((d) => d.push(monitor(d), ENDPOINTS, { port: 'numbers' })),
      /^PodMonitor shop\/shop scrapes port numbers, which StatefulSet shop\/shop does not have/,
    ],
    'PodMonitor of an unknown number': [
      broken((d) => d.push(monitor(d), ENDPOINTS, { portNumber: 9101 })),
      /^PodMonitor shop\/shop scrapes port 9101, which StatefulSet shop\/shop does not have/,
    ],
    'PodMonitor whose selector includes other pods': [
      broken((d) => {
        const other = d.copy(d.find('StatefulSet', 'shop'), 'till');
        d.drop(other, 'spec', 'template', 'spec', 'containers', 0, 'ports');
      }),
      /^PodMonitor shop\/shop scrapes port metrics, which StatefulSet shop\/till does not have/,
    ],
    'ServiceMonitor of a port that the Service does not have': [
      broken((d) => d.add('shop', serviceMonitor('metrics'))),
      /^ServiceMonitor shop\/shop scrapes port metrics, which Service shop\/shop does not have/,
    ],
  }),
  ...mutations(targetsReachable, {
    'Prometheus without egress to a target': [
      broken((d) => d.set(d.find('NetworkPolicy', 'scraper'), ['spec', 'egress'], [])),
      /^Prometheus scraper\/scraper may not call port metrics of StatefulSet shop\/shop: its egress is denied/,
    ],
    'target without ingress from Prometheus': [
      broken((d) => d.set(d.find('NetworkPolicy', 'shop'), ['spec', 'ingress'], [])),
      /^Prometheus scraper\/scraper may not call port metrics of StatefulSet shop\/shop: ingress is denied there/,
    ],
    'target that admits Prometheus on another port': [
      broken((d) => d.set(d.find('NetworkPolicy', 'shop'), ['spec', 'ingress', 0, 'ports', 0, 'port'], 9101)),
      /^Prometheus scraper\/scraper may not call port metrics of StatefulSet shop\/shop: ingress is denied there/,
    ],
    'target of a ServiceMonitor without ingress from Prometheus': [
      broken((d) => {
        d.remove(monitor(d));
        d.add('shop', serviceMonitor('numbers'));
        d.set(d.find('NetworkPolicy', 'shop'), ['spec', 'ingress'], []);
      }),
      /^Prometheus scraper\/scraper may not call port metrics of StatefulSet shop\/shop: ingress is denied there/,
    ],
  }),
  ...mutations(alertsExplained, {
    'alert without a severity': [
      broken((d) => d.drop(rules(d), ...ALERT, 'labels')),
      /^alert ShopClosed of PrometheusRule shop\/shop has no severity/,
    ],
    'alert of an unknown severity': [
      broken((d) => d.set(rules(d), [...ALERT, 'labels', 'severity'], 'page')),
      /^alert ShopClosed of PrometheusRule shop\/shop has the unknown severity page/,
    ],
    'alert without a summary': [
      broken((d) => d.drop(rules(d), ...ALERT, 'annotations', 'summary')),
      /^alert ShopClosed of PrometheusRule shop\/shop has no summary/,
    ],
    'alert with an empty impact': [
      broken((d) => d.set(rules(d), [...ALERT, 'annotations', 'impact'], ' ')),
      /^alert ShopClosed of PrometheusRule shop\/shop has no impact/,
    ],
    'alert without a runbook': [
      broken((d) => d.drop(rules(d), ...ALERT, 'annotations', 'runbook_url')),
      /^alert ShopClosed of PrometheusRule shop\/shop has no runbook_url/,
    ],
    'alert with a runbook that does not exist': [
      broken((d) => d.set(rules(d), [...ALERT, 'annotations', 'runbook_url'], 'https://example.com/no-such-page.md')),
      /^alert ShopClosed of PrometheusRule shop\/shop has a runbook_url that is no page of docs\/runbooks: .*no-such-page/,
    ],
  }),
  ...mutations(recordingsOwned, {
    'series that two rules record': [
      broken((d) => d.set(rules(d), [...RULES, 1, 'labels', 'shop'], 'one')),
      /^shop:orders:rate5m\{shop="one"\} is recorded by PrometheusRule shop\/shop 2 times/,
    ],
    'series that two namespaces record': [
      broken((d) => {
        const copy = d.copy(rules(d), 'branch');
        d.set(copy, ['metadata', 'namespace'], 'scraper');
      }),
      /^shop:orders:rate5m\{shop="two"\} is recorded by PrometheusRule shop\/shop and PrometheusRule scraper\/branch/,
    ],
  }),
  ...mutations(alertNames, {
    'alert that is defined twice in an object': [
      broken((d) => d.push(rules(d), RULES, structuredClone(listAt(rules(d), ...RULES)[2]))),
      /^alert ShopClosed is defined by PrometheusRule shop\/shop 2 times/,
    ],
    'alert that two objects of a namespace define': [
      broken((d) => d.copy(rules(d), 'branch')),
      /^alert ShopClosed is defined by PrometheusRule shop\/shop and PrometheusRule shop\/branch/,
    ],
  }),
];
