import { alertTable } from '../../../test/rules/alert-table.ts';
import { NODE_ALERTS } from './alerts.ts';

const DISK = 'node="a", device="/dev/sda1", fstype="ext4", mountpoint="/"';
const VOLUME = 'node="a", device="/dev/sdc", fstype="ext4", mountpoint="/var/lib/kubelet/pods/1/volumes/2/mount"';
const IMMUTABLE = 'node="a", device="/dev/dm-0", fstype="ext4", mountpoint="/usr"';
const NODE = { node: 'a' };

/** A disk of 100 bytes. */
const disk = (labels: string, avail: string, readonly = '0x400') => ({
  [`node_filesystem_avail_bytes{${labels}}`]: avail,
  [`node_filesystem_size_bytes{${labels}}`]: '100x400',
  [`node_filesystem_readonly{${labels}}`]: readonly,
});

const inodes = (labels: string, free: string) => ({
  [`node_filesystem_files_free{${labels}}`]: free,
  [`node_filesystem_files{${labels}}`]: '100x60',
  [`node_filesystem_readonly{${labels}}`]: '0x60',
});

/** Two CPUs, by the seconds of a minute that each is idle. */
const cpus = (idle: number, load: number) => ({
  'node_cpu_seconds_total{node="a", cpu="0", mode="idle"}': `0+${idle}x60`,
  'node_cpu_seconds_total{node="a", cpu="1", mode="idle"}': `0+${idle}x60`,
  'node_load5{node="a"}': `${load}x60`,
});

alertTable(NODE_ALERTS, {
  NodeDiskFull: {
    fires: { series: disk(DISK, '9x60'), at: 20, labels: { node: 'a', device: '/dev/sda1' } },
    quiet: [
      { series: disk(DISK, '11x60'), at: 20 },
      { series: disk(VOLUME, '1x60'), at: 20 },
      { series: disk(IMMUTABLE, '0x60', '1x60'), at: 20 },
    ],
  },
  NodeDiskFilling: {
    fires: { series: disk(DISK, '19-0.02x500'), at: 400, labels: NODE },
    quiet: [
      { series: disk(DISK, '19-0.001x400'), at: 400 },
      { series: disk(DISK, '90-0.1x400'), at: 400 },
    ],
  },
  NodeInodesFull: {
    fires: { series: inodes(DISK, '4x60'), at: 20, labels: NODE },
    quiet: { series: inodes(DISK, '6x60'), at: 20 },
  },
  NodeDiskReadOnly: {
    fires: { series: disk(DISK, '50x60', '0x30 1x60'), at: 40, labels: NODE },
    quiet: { series: disk(IMMUTABLE, '50x60', '1x60'), at: 40 },
  },
  NodeMemoryPressure: {
    fires: [
      { series: { 'node_pressure_memory_waiting_seconds_total{node="a"}': '0+18x60' }, at: 30, labels: NODE },
      {
        series: {
          'node_memory_MemAvailable_bytes{node="a"}': '4x60',
          'node_memory_MemTotal_bytes{node="a"}': '100x60',
        },
        at: 30,
        labels: NODE,
      },
    ],
    quiet: {
      series: {
        'node_pressure_memory_waiting_seconds_total{node="a"}': '0+6x60',
        'node_memory_MemAvailable_bytes{node="a"}': '4x60',
        'node_memory_MemTotal_bytes{node="a"}': '100x60',
      },
      at: 30,
    },
  },
  NodeCpuSaturated: {
    fires: { series: cpus(1, 4), at: 50, labels: NODE },
    quiet: [
      { series: cpus(1, 2), at: 50 },
      { series: cpus(30, 4), at: 50 },
    ],
  },
  NodeClockSkewed: {
    fires: [
      { series: { 'node_time_seconds{node="a"}': '5+60x60' }, at: 30, labels: NODE },
      { series: { 'node_timex_offset_seconds{node="a"}': '-0.2x60' }, at: 30, labels: NODE },
    ],
    quiet: {
      series: { 'node_time_seconds{node="a"}': '-0.5+60x60', 'node_timex_offset_seconds{node="a"}': '0.01x60' },
      at: 30,
    },
  },
  NodeClockNotSynchronised: {
    fires: {
      series: { 'node_timex_sync_status{node="a"}': '0x90', 'node_timex_maxerror_seconds{node="a"}': '16x90' },
      at: 70,
      labels: NODE,
    },
    quiet: {
      series: { 'node_timex_sync_status{node="a"}': '1x90', 'node_timex_maxerror_seconds{node="a"}': '0.1x90' },
      at: 70,
    },
  },
  NodeExporterAbsent: {
    fires: {
      series: {
        'kube_node_info{node="a", pod="kube-state-metrics-1"}': '1x60',
        'kube_node_info{node="b", pod="kube-state-metrics-1"}': '1x60',
        'up{job="node-exporter/node-exporter", node="b"}': '1x60',
      },
      at: 30,
      labels: NODE,
    },
    quiet: {
      series: {
        'kube_node_info{node="a", pod="kube-state-metrics-1"}': '1x60',
        'up{job="node-exporter/node-exporter", node="a"}': '1x60',
      },
      at: 30,
    },
  },
});
