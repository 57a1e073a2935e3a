import { defineAlerts } from '../../rules/rule.ts';

/**
 * Of the file systems of a node: not those in memory, nor the volumes of pods, which alerts of volumes are about, nor the
 * read-only ones of immutable systems, which are full by design.
 */
const DISKS =
  'fstype!~"tmpfs|ramfs|overlay|squashfs|erofs|iso9660|vfat", mountpoint!~"/var/lib/kubelet/(pods|plugins)/.*"';

/** PromQL of the share that is left of a disk, which may be mounted in several places. */
const left = (free: string, all: string): string =>
  `min by (node, device) (${free}{${DISKS}} / ${all}{${DISKS}} and node_filesystem_readonly{${DISKS}} == 0)`;

/** The share of CPU time that a node used. */
const BUSY = `1 - sum by (node) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[10m])) / count by (node) (node_cpu_seconds_total{mode="idle"})`;

/** The machines under the pods, as node-exporter sees them. */
export const NODE_ALERTS = defineAlerts('cluster', {
  NodeDiskFull: {
    // From 85 % on the kubelet removes images, from 90 % on it evicts pods: by then this has not helped.
    expr: `${left('node_filesystem_avail_bytes', 'node_filesystem_size_bytes')} < 0.1`,
    for: '15m',
    severity: 'critical',
    summary: '{{ $labels.device }} of node {{ $labels.node }} has {{ $value | humanizePercentage }} left',
    impact: 'the kubelet evicts pods from the node and admits none; at zero, what writes there fails',
    runbook: 'nodes',
  },
  NodeDiskFilling: {
    // Below a fifth, since until then the kubelet removes images by itself.
    expr: `${left('node_filesystem_avail_bytes', 'node_filesystem_size_bytes')} < 0.2
and
min by (node, device) (predict_linear(node_filesystem_avail_bytes{${DISKS}}[6h], 24 * 3600)) < 0`,
    for: '1h',
    severity: 'warning',
    summary: '{{ $labels.device }} of node {{ $labels.node }} is full within a day, at the rate of the last hours',
    impact: 'then the kubelet evicts pods from the node and admits none',
    runbook: 'nodes',
    mutedBy: { NodeDiskFull: ['node', 'device'] },
  },
  NodeInodesFull: {
    // The kubelet evicts pods from here.
    expr: `${left('node_filesystem_files_free', 'node_filesystem_files')} < 0.05`,
    for: '15m',
    severity: 'critical',
    summary: '{{ $labels.device }} of node {{ $labels.node }} has {{ $value | humanizePercentage }} of its inodes left',
    impact: 'no file can be created at zero, however much space there is; the kubelet evicts pods before that',
    runbook: 'nodes',
  },
  NodeDiskReadOnly: {
    // Only where it was written to within the week: on immutable systems some always are read-only.
    expr: `max by (node, device) (node_filesystem_readonly{${DISKS}} == 1 and min_over_time(node_filesystem_readonly{${DISKS}}[7d]) == 0)`,
    for: '5m',
    severity: 'critical',
    summary: '{{ $labels.device }} of node {{ $labels.node }} has become read-only',
    impact: 'pods on the node cannot write, and new ones do not start: the kernel does this after errors of the disk',
    runbook: 'nodes',
  },
  NodeMemoryPressure: {
    // Some kernels do not count the time that processes wait for memory.
    expr: `max by (node) (rate(node_pressure_memory_waiting_seconds_total[5m]) > 0.2)
or
max by (node) (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > 0.95 unless node_pressure_memory_waiting_seconds_total)`,
    for: '15m',
    severity: 'warning',
    summary: 'node {{ $labels.node }} is short of memory',
    impact: 'its pods are slow, since they wait for memory; next the kernel kills some, or the kubelet evicts them',
    runbook: 'nodes',
  },
  NodeCpuSaturated: {
    // Busy alone is no fault: only if, besides, others wait for a turn.
    expr: `${BUSY} > 0.95
and on (node)
max by (node) (node_load5) / count by (node) (node_cpu_seconds_total{mode="idle"}) > 1.5`,
    for: '30m',
    severity: 'warning',
    summary: 'node {{ $labels.node }} has used {{ $value | humanizePercentage }} of its CPU time for half an hour',
    impact: 'pods on the node get no more than the CPU that they request, and answer late',
    runbook: 'nodes',
  },
  NodeClockSkewed: {
    // By Prometheus' own clock too, which tells also where nothing sets the node's; a scrape takes part of a second.
    expr: `max by (node) (abs(timestamp(node_time_seconds) - node_time_seconds) > 2 or abs(node_timex_offset_seconds) > 0.1)`,
    for: '10m',
    severity: 'warning',
    summary: 'the clock of node {{ $labels.node }} is off by {{ $value | humanizeDuration }}',
    impact: 'tokens and certificates are refused, and MongoDB cannot order its writes, if clocks differ much',
    runbook: 'nodes',
  },
  NodeClockNotSynchronised: {
    expr: `max by (node) (node_timex_sync_status == 0 and node_timex_maxerror_seconds >= 16)`,
    for: '1h',
    severity: 'warning',
    summary: 'nothing sets the clock of node {{ $labels.node }}',
    impact: 'it drifts, until tokens and certificates are refused',
    runbook: 'nodes',
  },
  NodeExporterAbsent: {
    expr: `max by (node) (kube_node_info) unless on (node) up{job="node-exporter/node-exporter"} == 1`,
    for: '15m',
    severity: 'warning',
    summary: 'node {{ $labels.node }} is not measured',
    impact: 'no alert tells of a full disk or of too little memory there',
    runbook: 'nodes',
    mutedBy: { NodeNotReady: ['node'] },
  },
});
