import { defineAlerts, type Recording } from '../../rules/rule.ts';

/**
 * PromQL of a count of each Deployment, StatefulSet and DaemonSet, labelled as kubectl names them:
 * `workload="StatefulSet/mongo"`. Without the labels of the target, which change when kube-state-metrics restarts.
 */
const ofWorkloads = (deployment: string, statefulSet: string, daemonSet: string): string =>
  `max by (namespace, workload) (
  label_replace(kube_deployment_${deployment}, "workload", "Deployment/$1", "deployment", "(.+)")
  or
  label_replace(kube_statefulset_${statefulSet}, "workload", "StatefulSet/$1", "statefulset", "(.+)")
  or
  label_replace(kube_daemonset_${daemonSet}, "workload", "DaemonSet/$1", "daemonset", "(.+)")
)`;

/** Pods of every workload: wanted, able to serve, and of the newest revision. */
export const WORKLOAD_RECORDINGS: readonly Recording[] = [
  {
    record: 'workload:replicas_desired:max',
    expr: ofWorkloads('spec_replicas', 'replicas', 'status_desired_number_scheduled'),
  },
  {
    record: 'workload:replicas_available:max',
    expr: ofWorkloads('status_replicas_available', 'status_replicas_available', 'status_number_available'),
  },
  {
    record: 'workload:replicas_updated:max',
    expr: ofWorkloads('status_replicas_updated', 'status_replicas_updated', 'status_updated_number_scheduled'),
  },
];

/** Reasons for which a container does not start, whatever time passes. */
const CANNOT_START = 'ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainerConfigError|CreateContainerError';

/** PromQL of containers that wait for one of some reasons. */
const waiting = (reasons: string, window: string): string =>
  `max by (namespace, pod, container) (
  max_over_time(kube_pod_container_status_waiting_reason{reason=~"${reasons}"}[${window}])
  or
  max_over_time(kube_pod_init_container_status_waiting_reason{reason=~"${reasons}"}[${window}])
)`;

/** PromQL of pods with the node that each is on, if any: while that is away, nothing need be said of them. */
const onNode = (pods: string): string =>
  `(${pods})
* on (namespace, pod) group_left (node)
topk by (namespace, pod) (1, max by (namespace, pod, node) (kube_pod_info))`;

/** Nodes, workloads, claims and quotas, as the API server has them. */
export const WORKLOAD_ALERTS = defineAlerts('namespace', {
  NodeNotReady: {
    // Not one that is being drained, as before every upgrade.
    expr: `max by (node) (kube_node_status_condition{condition="Ready", status="true"} == 0)
unless on (node)
max by (node) (kube_node_spec_unschedulable == 1)`,
    for: '10m',
    severity: 'critical',
    summary: 'node {{ $labels.node }} is not ready',
    impact:
      'pods with a volume there stay down until it comes back or is deleted; others start elsewhere if there is room',
    runbook: 'nodes',
    about: 'cluster',
  },
  NodeUnderPressure: {
    expr: `max by (node, condition) (kube_node_status_condition{condition=~"(Disk|Memory|PID)Pressure", status="true"} == 1)`,
    for: '10m',
    severity: 'warning',
    summary: 'node {{ $labels.node }} reports {{ $labels.condition }}',
    impact: 'it evicts pods and admits none',
    runbook: 'nodes',
    about: 'cluster',
  },
  WorkloadDown: {
    expr: 'workload:replicas_available:max == 0 and workload:replicas_desired:max > 0',
    for: '15m',
    severity: 'critical',
    summary: 'no pod of {{ $labels.workload }} in {{ $labels.namespace }} is available',
    impact: 'what it does is not done at all',
    runbook: 'workloads',
  },
  WorkloadReplicasMissing: {
    expr: 'workload:replicas_desired:max - workload:replicas_available:max > 0 and workload:replicas_available:max > 0',
    for: '30m',
    severity: 'warning',
    summary: '{{ $value }} pods of {{ $labels.workload }} in {{ $labels.namespace }} are not available',
    impact: 'the others carry their load, and its PodDisruptionBudget may hold up a drain',
    runbook: 'workloads',
  },
  RolloutStuck: {
    // With one replica the old pod still counts as available; only the condition tells then.
    expr: `workload:replicas_updated:max < workload:replicas_desired:max
or
max by (namespace, workload) (label_replace(kube_deployment_status_condition{condition="Progressing", status="false"} == 1, "workload", "Deployment/$1", "deployment", "(.+)"))`,
    for: '30m',
    severity: 'warning',
    summary: 'the rollout of {{ $labels.workload }} in {{ $labels.namespace }} does not end',
    impact: 'the old version keeps running, and the sync of the Application waits',
    runbook: 'workloads',
    mutedBy: { WorkloadDown: ['namespace', 'workload'] },
  },
  PodCrashLooping: {
    // Between two crashes it runs for a while.
    expr: onNode(`${waiting('CrashLoopBackOff', '10m')} == 1`),
    for: '15m',
    severity: 'warning',
    summary: '{{ $labels.container }} of pod {{ $labels.pod }} in {{ $labels.namespace }} crashes again and again',
    impact: 'the pod serves nothing most of the time',
    runbook: 'workloads',
    mutedBy: { NodeNotReady: ['node'] },
  },
  ContainerCannotStart: {
    expr: onNode(`${waiting(CANNOT_START, '2m')} == 1`),
    for: '15m',
    severity: 'warning',
    summary: '{{ $labels.container }} of pod {{ $labels.pod }} in {{ $labels.namespace }} cannot start',
    impact: 'the pod never becomes ready: its image, or a Secret or ConfigMap that it reads, is not there',
    runbook: 'workloads',
    mutedBy: { NodeNotReady: ['node'] },
  },
  PodNotReady: {
    // For no reason that another alert tells.
    expr: onNode(`max by (namespace, pod) (kube_pod_status_ready{condition=~"false|unknown"} == 1)
and on (namespace, pod)
max by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Running|Unknown"} == 1)
unless on (namespace, pod)
max by (namespace, pod) (${waiting(`CrashLoopBackOff|${CANNOT_START}`, '10m')})`),
    for: '30m',
    severity: 'warning',
    summary: 'pod {{ $labels.pod }} in {{ $labels.namespace }} is not ready',
    impact: 'it gets no requests; perhaps no node has room for it',
    runbook: 'workloads',
    mutedBy: { NodeNotReady: ['node'] },
  },
  ContainerOutOfMemory: {
    expr: `max by (namespace, pod, container) (
  increase(kube_pod_container_status_restarts_total[1h]) > 0
  and ignoring (reason)
  kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1
)`,
    severity: 'warning',
    summary:
      '{{ $labels.container }} of pod {{ $labels.pod }} in {{ $labels.namespace }} was killed at its memory limit',
    impact: 'its requests in flight failed, and it may happen again',
    runbook: 'workloads',
  },
  JobFailed: {
    expr: `max by (namespace, job_name) (kube_job_failed{condition="true"} == 1)
unless on (namespace, job_name)
max by (namespace, job_name) (kube_job_owner{owner_kind="CronJob"})`,
    for: '5m',
    severity: 'warning',
    summary: 'Job {{ $labels.job_name }} in {{ $labels.namespace }} has failed',
    impact: 'what it was for is not done: a database without its users or its schema, for example',
    runbook: 'workloads',
  },
  CronJobFailed: {
    expr: `max by (namespace, cronjob) (
  kube_cronjob_status_active == 0
  and
  (kube_cronjob_status_last_schedule_time > kube_cronjob_status_last_successful_time or kube_cronjob_status_last_schedule_time unless kube_cronjob_status_last_successful_time)
)`,
    for: '15m',
    severity: 'warning',
    summary: 'the last run of CronJob {{ $labels.cronjob }} in {{ $labels.namespace }} has failed',
    impact: 'what it does regularly was not done',
    runbook: 'workloads',
  },
  CronJobNotRun: {
    expr: `max by (namespace, cronjob) (time() - kube_cronjob_next_schedule_time > 3600 and kube_cronjob_spec_suspend == 0)`,
    severity: 'warning',
    summary: 'CronJob {{ $labels.cronjob }} in {{ $labels.namespace }} is {{ $value | humanizeDuration }} late',
    impact: 'what it does regularly is not done',
    runbook: 'workloads',
  },
  AutoscalerAtMaximum: {
    expr: `max by (namespace, horizontalpodautoscaler) (
  kube_horizontalpodautoscaler_status_desired_replicas >= kube_horizontalpodautoscaler_spec_max_replicas
  and on (namespace, horizontalpodautoscaler)
  kube_horizontalpodautoscaler_status_condition{condition="ScalingLimited", status="true"} == 1
)`,
    for: '30m',
    severity: 'warning',
    summary:
      'HorizontalPodAutoscaler {{ $labels.horizontalpodautoscaler }} in {{ $labels.namespace }} wants more than its maximum of {{ $value }} pods',
    impact: 'more load makes it slow, since no more pods are added',
    runbook: 'workloads',
  },
  AutoscalerBlind: {
    expr: `max by (namespace, horizontalpodautoscaler) (
  kube_horizontalpodautoscaler_status_condition{condition="ScalingActive", status="false"} == 1
  and on (namespace, horizontalpodautoscaler)
  kube_horizontalpodautoscaler_status_current_replicas > 0
)`,
    for: '30m',
    severity: 'warning',
    summary: 'HorizontalPodAutoscaler {{ $labels.horizontalpodautoscaler }} in {{ $labels.namespace }} gets no metrics',
    impact: 'no pods are added under load',
    runbook: 'workloads',
  },
  ClaimPending: {
    expr: `max by (namespace, persistentvolumeclaim) (kube_persistentvolumeclaim_status_phase{phase="Pending"} == 1)`,
    for: '30m',
    severity: 'warning',
    summary: 'claim {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} has no volume',
    impact: 'the pod that mounts it does not start',
    runbook: 'volumes-full',
  },
  ClaimLost: {
    expr: `max by (namespace, persistentvolumeclaim) (kube_persistentvolumeclaim_status_phase{phase="Lost"} == 1)`,
    for: '5m',
    severity: 'critical',
    summary: 'the volume of claim {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} is gone',
    impact: 'its data may be lost; the pod does not start again',
    runbook: 'volumes-full',
  },
  QuotaNearlyUsed: {
    expr: `max by (namespace, resourcequota, resource) (kube_resourcequota{type="used"})
/
(max by (namespace, resourcequota, resource) (kube_resourcequota{type="hard"}) > 0)
> 0.9`,
    for: '15m',
    severity: 'warning',
    summary:
      'namespace {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of {{ $labels.resource }} in its quota {{ $labels.resourcequota }}',
    impact: 'beyond it new pods are refused, those of a rollout too',
    runbook: 'workloads',
  },
  KubeStateMetricsAbsent: {
    expr: 'absent(up{job="kube-state-metrics/kube-state-metrics", endpoint="metrics"} == 1)',
    for: '15m',
    severity: 'critical',
    summary: 'kube-state-metrics is not scraped',
    impact: 'no alert tells of nodes, workloads or claims',
    runbook: 'workloads',
    about: 'component',
  },
});
