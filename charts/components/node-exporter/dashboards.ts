import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from '../../dashboards/dashboard.ts';
import { stat, timeSeries } from '../../dashboards/panels.ts';

const NODE = 'node="$node"';
/** File systems that hold data: others are in memory, or images that are always full. */
const DISKS = `${NODE}, fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660|erofs"`;
const rate = (metric: string, labels = NODE): string => `rate(${metric}{${labels}}[$__rate_interval])`;

/** A node: processors, memory, disks and clock. */
export function node(): DashboardBuilder {
  return dashboard({
    name: 'node',
    description: 'Processors, memory, disks and clock of a node.',
    variables: { node: { label: 'Node', of: 'node_uname_info' } },
    related: ['cluster', 'workload'],
    alerts: NODE,
    rows: [
      {
        title: 'Now',
        panels: [
          stat({
            title: 'CPU used',
            unit: 'share',
            query: `1 - avg(${rate('node_cpu_seconds_total', `${NODE}, mode="idle"`)})`,
            limits: { warning: 0.8, critical: 0.95 },
          }),
          stat({
            title: 'Memory used',
            description: 'What the kernel could not give to a new process.',
            unit: 'share',
            query: `1 - node_memory_MemAvailable_bytes{${NODE}} / node_memory_MemTotal_bytes{${NODE}}`,
            limits: { warning: 0.85, critical: 0.95 },
          }),
          stat({
            title: 'Fullest disk',
            unit: 'share',
            query: `max(1 - node_filesystem_avail_bytes{${DISKS}} / node_filesystem_size_bytes{${DISKS}})`,
            limits: { warning: 0.8, critical: 0.9 },
          }),
          stat({
            title: 'Load per processor',
            description: 'Tasks that run or wait, over a minute; above 1, some wait.',
            query: `node_load1{${NODE}} / count(node_cpu_seconds_total{${NODE}, mode="idle"}) without (cpu, mode)`,
            limits: { warning: 1.5, critical: 3 },
          }),
          stat({
            title: 'Clock is off by',
            unit: 'seconds',
            query: `abs(node_timex_offset_seconds{${NODE}})`,
            limits: { warning: 0.05, critical: 0.5 },
          }),
          stat({ title: 'Running since', unit: 'time', query: `1000 * node_boot_time_seconds{${NODE}}` }),
        ],
      },
      {
        title: 'Processors and memory',
        panels: [
          timeSeries({
            title: 'CPU by mode',
            description: 'In processors.',
            unit: 'cores',
            queries: { '{{mode}}': `sum by (mode) (${rate('node_cpu_seconds_total', `${NODE}, mode!="idle"`)})` },
            stacked: true,
          }),
          timeSeries({
            title: 'Memory',
            unit: 'bytes',
            queries: {
              total: `node_memory_MemTotal_bytes{${NODE}}`,
              used: `node_memory_MemTotal_bytes{${NODE}} - node_memory_MemAvailable_bytes{${NODE}}`,
            },
          }),
          timeSeries({
            title: 'Pressure',
            description: 'Share of the time in which tasks waited for a resource.',
            unit: 'share',
            queries: {
              CPU: rate('node_pressure_cpu_waiting_seconds_total'),
              memory: rate('node_pressure_memory_waiting_seconds_total'),
              disk: rate('node_pressure_io_waiting_seconds_total'),
            },
          }),
          timeSeries({
            title: 'Processes killed for lack of memory',
            description: 'Within five minutes.',
            queries: { killed: `increase(node_vmstat_oom_kill{${NODE}}[5m])` },
            limits: { critical: 1 },
          }),
        ],
      },
      {
        title: 'Disks',
        panels: [
          timeSeries({
            title: 'Used space',
            unit: 'share',
            queries: {
              '{{mountpoint}}': `1 - node_filesystem_avail_bytes{${DISKS}} / node_filesystem_size_bytes{${DISKS}}`,
            },
            max: 1,
            limits: { warning: 0.8, critical: 0.9 },
          }),
          timeSeries({
            title: 'Used inodes',
            description: 'A disk without free inodes takes no further file, however much space it has.',
            unit: 'share',
            queries: {
              '{{mountpoint}}': `1 - node_filesystem_files_free{${DISKS}} / (node_filesystem_files{${DISKS}} > 0)`,
            },
            max: 1,
            limits: { warning: 0.8, critical: 0.9 },
          }),
          timeSeries({
            title: 'Throughput',
            unit: 'bytes/s',
            queries: {
              '{{device}} read': rate('node_disk_read_bytes_total'),
              '{{device}} written': rate('node_disk_written_bytes_total'),
            },
          }),
          timeSeries({
            title: 'Busy',
            description: 'Share of the time in which a disk had something to do.',
            unit: 'share',
            queries: { '{{device}}': rate('node_disk_io_time_seconds_total') },
            max: 1,
          }),
        ],
      },
    ],
  });
}
