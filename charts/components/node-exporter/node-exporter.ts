import type { z } from 'zod';
import { Component } from '../../component.ts';
import { type ContainerProps, httpProbe } from '../../lib/container.ts';
import { DaemonSet } from '../../lib/daemon-set.ts';
import { NODE_ALERTS } from './alerts.ts';
import dashboard from './dashboards/node.json' with { type: 'json' };
import type { nodeExporterSettings } from './settings.ts';

/** Props of node-exporter. */
export interface NodeExporterProps extends Readonly<z.output<typeof nodeExporterSettings>> {
  readonly image: string;
}

const PORT = 9100;

/** Folders of the node by the name of their volume. */
const FOLDERS = { root: '/', proc: '/proc', sys: '/sys' };

/** What it reads. Those of the network would show its own pod's: it is not in the node's network, where no policy holds. */
const COLLECTORS = [
  'cpu',
  'diskstats',
  'filefd',
  'filesystem',
  'loadavg',
  'meminfo',
  'pressure',
  'stat',
  'time',
  'timex',
  'vmstat',
];

/** File systems of containers, of which each has the space of the disk below. */
const OF_CONTAINERS = '^/(dev|proc|run|sys|var/lib/(containerd|containers|docker|kubelet)/.+)($|/)';
const NOT_DISKS =
  '^(autofs|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fuse.*|fusectl|hugetlbfs|mqueue|nsfs|overlay|proc|pstore|ramfs|securityfs|squashfs|sysfs|tmpfs|tracefs)$';

/** node-exporter: says how every node is, from its `/proc` and `/sys`. Its namespace is privileged, for `hostPath`. */
export class NodeExporter extends Component {
  override readonly rules = [{ name: 'nodes', alerts: NODE_ALERTS }];
  override readonly dashboards = [dashboard];

  constructor(props: NodeExporterProps) {
    super('node-exporter', { tier: 'monitoring', podSecurity: 'privileged' });
    new DaemonSet(this, {
      settings: { ...props, tolerations: props.tolerations ?? [{ operator: 'Exists' }] },
      role: 'server',
      user: 65534,
      containers: [this.container(props)],
      volumes: Object.entries(FOLDERS).map(([name, path]) => ({ name, hostPath: { path } })),
    });
  }

  private container({ image }: NodeExporterProps): ContainerProps {
    return {
      name: this.name,
      image,
      args: [
        `--web.listen-address=:${PORT}`,
        '--path.rootfs=/host/root',
        '--path.procfs=/host/proc',
        '--path.sysfs=/host/sys',
        '--collector.disable-defaults',
        ...COLLECTORS.map((collector) => `--collector.${collector}`),
        `--collector.filesystem.mount-points-exclude=${OF_CONTAINERS}`,
        `--collector.filesystem.fs-types-exclude=${NOT_DISKS}`,
      ],
      ports: { metrics: PORT },
      metrics: { port: 'metrics', about: 'node' },
      resources: { cpu: '10m', cpuLimit: '200m', memory: '64Mi' },
      liveness: httpProbe('/', 'metrics', { periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 }),
      readiness: httpProbe('/', 'metrics', { periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 3 }),
      mounts: Object.fromEntries(
        // Disks that are mounted later are seen too.
        Object.keys(FOLDERS).map((name) => [`/host/${name}`, { volume: name, propagation: 'HostToContainer' }]),
      ),
    };
  }
}
