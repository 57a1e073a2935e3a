import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { base } from './base.ts';
import { PATH, writableByAll } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { programLayer } from './program.ts';

/** The user of the images that are made from Busybox or without a base image. */
const NOBODY = '65534';
const ENV = [`PATH=${PATH}`, 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'];

/** Files that the commands of images name, for those who run them as they are; manifests mount their own. */
const CONFIGURATIONS = {
  prometheus: { 'etc/prometheus/prometheus.yml': 'global: {}\n' },
  alertmanager: {
    'etc/alertmanager/alertmanager.yml': 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n',
  },
  'blackbox-exporter': { 'etc/blackbox_exporter/config.yml': 'modules: { http_2xx: { prober: http } }\n' },
} as const;

/** @param folder that the program writes to without a volume */
function defaults(program: keyof typeof CONFIGURATIONS, folder?: string): Layer {
  return {
    name: `${program}-defaults`,
    key: () => [CONFIGURATIONS[program], folder],
    write(root) {
      // Not as in Debian's layers: their /bin is a link, which would hide the folder with the program.
      for (const [path, text] of Object.entries(CONFIGURATIONS[program])) {
        mkdirSync(join(root, dirname(path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      // Upstream's belongs to its user; here all files are root's.
      if (folder !== undefined) writableByAll(join(root, folder));
    },
  };
}

/** Images of the programs that measure, keep what was measured, and tell people. */
export const MONITORING_IMAGES: readonly Image[] = [
  {
    repository: 'prometheus-operator/prometheus-operator',
    origin: { real: 'Prometheus Operator' },
    layers: [...base(), programLayer('prometheus-operator', '/bin/operator')],
    config: { Entrypoint: ['/bin/operator'], Env: ENV, User: NOBODY },
  },
  {
    repository: 'prometheus-operator/prometheus-config-reloader',
    origin: { real: 'the Prometheus Operator’s config reloader' },
    layers: [...base(), programLayer('prometheus-config-reloader', '/bin/prometheus-config-reloader')],
    config: { Entrypoint: ['/bin/prometheus-config-reloader'], Env: ENV, User: NOBODY },
  },
  {
    repository: 'prometheus-operator/admission-webhook',
    origin: { real: 'the Prometheus Operator’s admission webhook' },
    layers: [...base(), programLayer('prometheus-admission-webhook', '/bin/admission-webhook')],
    config: { Entrypoint: ['/bin/admission-webhook'], Env: ENV, User: NOBODY },
  },
  {
    repository: 'prometheus/prometheus',
    origin: {
      real: 'Prometheus and promtool, without pages, and with the service discovery of Kubernetes and DNS only',
    },
    layers: [
      ...base(),
      programLayer('prometheus', '/bin/prometheus'),
      programLayer('promtool', '/bin/promtool'),
      defaults('prometheus', 'prometheus'),
    ],
    config: {
      Entrypoint: ['/bin/prometheus'],
      Cmd: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
      Env: ENV,
      User: NOBODY,
      WorkingDir: '/prometheus',
    },
  },
  {
    repository: 'prometheus/alertmanager',
    origin: { real: 'Alertmanager and amtool, without pages' },
    layers: [
      ...base(),
      programLayer('alertmanager', '/bin/alertmanager'),
      programLayer('amtool', '/bin/amtool'),
      defaults('alertmanager', 'alertmanager'),
    ],
    config: {
      Entrypoint: ['/bin/alertmanager'],
      Cmd: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager'],
      Env: ENV,
      User: NOBODY,
      WorkingDir: '/alertmanager',
    },
  },
  {
    repository: 'prometheus/node-exporter',
    origin: { real: 'node_exporter' },
    layers: [...base(), programLayer('node-exporter', '/bin/node_exporter')],
    config: { Entrypoint: ['/bin/node_exporter'], Env: ENV, User: NOBODY },
  },
  {
    repository: 'prometheus/blackbox-exporter',
    origin: { real: 'blackbox_exporter' },
    layers: [...base(), programLayer('blackbox-exporter', '/bin/blackbox_exporter'), defaults('blackbox-exporter')],
    // Upstream's has no user: it is root unless the manifest says otherwise.
    config: {
      Entrypoint: ['/bin/blackbox_exporter'],
      Cmd: ['--config.file=/etc/blackbox_exporter/config.yml'],
      Env: ENV,
    },
  },
  {
    repository: 'kube-state-metrics/kube-state-metrics',
    origin: { real: 'kube-state-metrics' },
    layers: [...base(), programLayer('kube-state-metrics', '/kube-state-metrics')],
    config: { Entrypoint: ['/kube-state-metrics', '--port=8080', '--telemetry-port=8081'], Env: ENV, User: NOBODY },
  },
  {
    repository: 'prometheuscommunity/postgres-exporter',
    origin: {
      otherVersion: '0.19.1',
      because: 'of the newer versions of its Go module only the names are served, and not the source',
    },
    layers: [...base(), programLayer('postgres-exporter', '/bin/postgres_exporter')],
    config: { Entrypoint: ['/bin/postgres_exporter'], Env: ENV, User: NOBODY },
  },
  {
    repository: 'oliver006/redis_exporter',
    origin: { real: 'redis_exporter' },
    layers: [...base(), programLayer('redis-exporter', '/redis_exporter')],
    config: { Entrypoint: ['/redis_exporter'], Env: ENV, User: '59000:59000' },
  },
];
