import { describe, expect, it } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { BlackboxExporter, type BlackboxExporterProps } from './blackbox-exporter.ts';
import { blackboxExporterSettings } from './settings.ts';

const GATEWAY: BlackboxExporterProps['gateway'] = {
  address: 'gateway.gateway.svc',
  endpoint: {
    name: 'gateway',
    pods: { namespace: 'gateway', labels: { app: 'gateway' } },
    ports: { websecure: 8443 },
  },
};
const HOSTS = ['shop.example.com', 'retro.example.org'];

function render(props: Partial<BlackboxExporterProps> = {}): Record<string, Manifest> {
  const component = new BlackboxExporter({
    ...blackboxExporterSettings.parse({}),
    image: 'blackbox-exporter:v0.28.0',
    hosts: HOSTS.map((host) => ({ host, namespace: `${host.split('.')[0]}` })),
    ...props,
  });
  component.dns = [{ namespace: 'kube-system' }];
  return Object.fromEntries(manifestsOf(component).manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m]));
}

const probe = (objects: Record<string, Manifest>): unknown => at(objects['Probe/shop.example.com'], 'spec');
const moduleOf = (objects: Record<string, Manifest>): unknown =>
  at(
    JSON.parse(textAt(objects['ConfigMap/blackbox-exporter'], 'data', 'config.json') ?? ''),
    'modules',
    textAt(probe(objects), 'module') ?? '',
  );
const egress = (objects: Record<string, Manifest>): readonly unknown[] =>
  listAt(objects['NetworkPolicy/blackbox-exporter'], 'spec', 'egress').slice(1);

const inPublic = render();
const onLaptop = render({ gateway: GATEWAY });

it.each([
  ['of the public', inPublic],
  ['on a laptop', onLaptop],
])('hosts %s each have a Probe, with the host as instance and the namespace of who serves it', (_, objects) => {
  const probes = Object.values(objects).filter(({ kind }) => kind === 'Probe');
  expect(probes.map(({ metadata }) => metadata.name).toSorted()).toEqual(HOSTS.toSorted());
  for (const one of probes)
    expect(one.spec).toMatchObject({
      jobName: 'blackbox',
      prober: { url: 'blackbox-exporter.blackbox-exporter.svc:9115' },
      targets: {
        staticConfig: {
          labels: { namespace: one.metadata.name.split('.')[0] },
          relabelingConfigs: [{ targetLabel: 'instance', replacement: one.metadata.name }],
        },
      },
    });
});

describe('hosts of the public', () => {
  it('are asked as everybody asks them, and their certificates verified', () => {
    expect(at(probe(inPublic), 'targets', 'staticConfig', 'static')).toEqual(['https://shop.example.com/']);
    expect(at(probe(inPublic), 'params')).toBeUndefined();
    expect(moduleOf(inPublic)).toMatchObject({ http: { fail_if_not_ssl: true } });
    expect(at(moduleOf(inPublic), 'http', 'tls_config')).toBeUndefined();
  });

  it('need egress by HTTPS to anywhere', () => {
    expect(egress(inPublic).map((rule) => at(rule, 'ports'))).toEqual([[{ port: 443, protocol: 'TCP' }]]);
    expect(JSON.stringify(egress(inPublic))).toContain('0.0.0.0/0');
  });
});

describe('hosts of a laptop', () => {
  it('are asked of the gateway by its Service, whose certificates only the laptop trusts', () => {
    expect(at(probe(onLaptop), 'targets', 'staticConfig', 'static')).toEqual(['https://gateway.gateway.svc/']);
    expect(at(probe(onLaptop), 'params')).toEqual([{ name: 'hostname', values: ['shop.example.com'] }]);
    expect(at(moduleOf(onLaptop), 'http', 'tls_config')).toEqual({ insecure_skip_verify: true });
  });

  it('need egress to the gateway alone', () => {
    expect(egress(onLaptop)).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } },
            podSelector: { matchLabels: { app: 'gateway' } },
          },
        ],
        ports: [{ port: 8443, protocol: 'TCP' }],
      },
    ]);
  });
});

it('an answer is any but an error of the server', () => {
  const codes = listAt(moduleOf(inPublic), 'http', 'valid_status_codes').map(Number);
  expect(codes).toEqual(expect.arrayContaining([200, 302, 401, 403]));
  expect(Math.max(...codes)).toBeLessThan(500);
});

it('settings reject an interval shorter than a probe may take', () => {
  const timeout = textAt(probe(inPublic), 'scrapeTimeout') ?? '';
  expect(blackboxExporterSettings.safeParse({ interval: timeout }).success).toBe(true);
  for (const interval of ['1s', '14s', '1h', '0s', 'soon'])
    expect(blackboxExporterSettings.safeParse({ interval }).success).toBe(false);
});
