import { INSTANCE, NAME } from '../../charts/lib/labels.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';

// A namespace whose one program is scraped, and the Prometheus that does it: as small as every invariant of monitoring
// can be met, and broken one by one.

const SHOP = { [NAME]: 'shop' };
const SERVER = { [NAME]: 'prometheus', [INSTANCE]: 'scraper' };
const MONITORING = 'monitoring.coreos.com/v1';

/** The objects, new with each call. */
export function monitored(): Manifest[] {
  return [
    object('v1', 'Namespace', { name: 'shop' }),
    workload('shop', SHOP, 'metrics', 9100),
    policy('shop', SHOP, { ingress: [{ from: [peer('scraper', SERVER)], ports: [{ port: 9100 }] }] }),
    object(
      'v1',
      'Service',
      { name: 'shop', namespace: 'shop', labels: SHOP },
      {
        spec: { selector: SHOP, ports: [{ name: 'numbers', port: 80, targetPort: 'metrics' }] },
      },
    ),
    object(
      MONITORING,
      'PodMonitor',
      { name: 'shop', namespace: 'shop' },
      {
        spec: { selector: { matchLabels: SHOP }, podMetricsEndpoints: [{ port: 'metrics' }] },
      },
    ),
    object(
      MONITORING,
      'PrometheusRule',
      { name: 'shop', namespace: 'shop' },
      { spec: { groups: [{ name: 'shop', rules: rules() }] } },
    ),
    object('v1', 'Namespace', { name: 'scraper' }),
    object(
      MONITORING,
      'Prometheus',
      { name: 'scraper', namespace: 'scraper' },
      {
        spec: {
          podMonitorSelector: {},
          podMonitorNamespaceSelector: {},
          serviceMonitorSelector: {},
          serviceMonitorNamespaceSelector: {},
        },
      },
    ),
    // What the operator makes of it.
    workload('scraper', SERVER, 'web', 9090),
    policy('scraper', SERVER, { egress: [{ to: [peer('shop', SHOP)], ports: [{ port: 9100 }] }] }),
  ];
}

/** A ServiceMonitor for the same program. */
export function serviceMonitor(port: string): Manifest {
  return object(
    MONITORING,
    'ServiceMonitor',
    { name: 'shop', namespace: 'shop' },
    {
      spec: { selector: { matchLabels: SHOP }, endpoints: [{ port }] },
    },
  );
}

function rules(): unknown[] {
  return [
    { record: 'shop:orders:rate5m', expr: 'rate(orders_total[5m])', labels: { shop: 'one' } },
    { record: 'shop:orders:rate5m', expr: 'rate(orders_total[5m])', labels: { shop: 'two' } },
    {
      alert: 'ShopClosed',
      expr: 'up{namespace="shop"} == 0',
      labels: { severity: 'critical' },
      annotations: {
        summary: 'the shop is closed',
        impact: 'nobody can buy anything',
        runbook_url: 'https://example.com/docs/runbooks/README.md',
      },
    },
  ];
}

function workload(
  name: string,
  labels: Readonly<Record<string, string>>,
  port: string,
  containerPort: number,
): Manifest {
  const containers = [{ name, image: 'example.com/program:1', ports: [{ name: port, containerPort }] }];
  return object(
    'apps/v1',
    'StatefulSet',
    { name, namespace: name },
    {
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    },
  );
}

function policy(namespace: string, matchLabels: Readonly<Record<string, string>>, rulesOfIt: object): Manifest {
  return object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { name: namespace, namespace },
    {
      spec: { podSelector: { matchLabels }, policyTypes: ['Ingress', 'Egress'], ...rulesOfIt },
    },
  );
}

function peer(namespace: string, matchLabels: Readonly<Record<string, string>>): object {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels },
  };
}

function object(apiVersion: string, kind: string, metadata: Manifest['metadata'], fields: object = {}): Manifest {
  return { apiVersion, kind, metadata, ...fields };
}
