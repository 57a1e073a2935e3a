import { alertTable } from '../../../test/rules/alert-table.ts';
import { WORKLOAD_ALERTS, WORKLOAD_RECORDINGS } from './alerts.ts';

const POD = 'namespace="items", pod="items-1", uid="1"';
const CONTAINER = `${POD}, container="items"`;
const CLAIM = 'namespace="mongo", persistentvolumeclaim="data-mongo-0"';
const HPA = 'namespace="items", horizontalpodautoscaler="items"';
const CRON = 'namespace="reports", cronjob="nightly"';

/** Pods of a Deployment: wanted, available, updated. */
const deployment = (desired: number, available: number, updated: number) => ({
  'kube_deployment_spec_replicas{namespace="items", deployment="items"}': `${desired}x60`,
  'kube_deployment_status_replicas_available{namespace="items", deployment="items"}': `${available}x60`,
  'kube_deployment_status_replicas_updated{namespace="items", deployment="items"}': `${updated}x60`,
});

const statefulSet = (desired: number, available: number, updated: number) => ({
  'kube_statefulset_replicas{namespace="mongo", statefulset="mongo"}': `${desired}x60`,
  'kube_statefulset_status_replicas_available{namespace="mongo", statefulset="mongo"}': `${available}x60`,
  'kube_statefulset_status_replicas_updated{namespace="mongo", statefulset="mongo"}': `${updated}x60`,
});

const daemonSet = (desired: number, available: number) => ({
  'kube_daemonset_status_desired_number_scheduled{namespace="velero", daemonset="node-agent"}': `${desired}x60`,
  'kube_daemonset_status_number_available{namespace="velero", daemonset="node-agent"}': `${available}x60`,
});

/** A pod that a node runs. */
const onNode = { [`kube_pod_info{${POD}, node="worker-1"}`]: '1x60' };
/** One that no node runs yet. */
const unscheduled = { [`kube_pod_info{${POD}}`]: '1x60' };
const ON_NODE = { namespace: 'items', pod: 'items-1', node: 'worker-1' };

const pod = (ready: string, phase: string) => ({
  [`kube_pod_status_ready{${POD}, condition="${ready}"}`]: '1x60',
  [`kube_pod_status_phase{${POD}, phase="${phase}"}`]: '1x60',
});

const waits = (reason: string, values = '1x60', kind = 'container') => ({
  [`kube_pod_${kind}_status_waiting_reason{${CONTAINER}, reason="${reason}"}`]: values,
});

const cronJob = (scheduled: string, succeeded: string | undefined, active = '0x60') => ({
  [`kube_cronjob_status_active{${CRON}}`]: active,
  [`kube_cronjob_status_last_schedule_time{${CRON}}`]: scheduled,
  ...(succeeded && { [`kube_cronjob_status_last_successful_time{${CRON}}`]: succeeded }),
});

const autoscaler = (condition: string, status: string, desired = 6) => ({
  [`kube_horizontalpodautoscaler_status_condition{${HPA}, condition="${condition}", status="${status}"}`]: '1x60',
  [`kube_horizontalpodautoscaler_status_desired_replicas{${HPA}}`]: `${desired}x60`,
  [`kube_horizontalpodautoscaler_status_current_replicas{${HPA}}`]: `${desired}x60`,
  [`kube_horizontalpodautoscaler_spec_max_replicas{${HPA}}`]: '6x60',
});

const phase = (name: string, values: string) => ({
  [`kube_persistentvolumeclaim_status_phase{${CLAIM}, phase="${name}"}`]: values,
});

const quota = (used: number, hard: number) => ({
  'kube_resourcequota{namespace="shop", resourcequota="shop", resource="pods", type="used"}': `${used}x60`,
  'kube_resourcequota{namespace="shop", resourcequota="shop", resource="pods", type="hard"}': `${hard}x60`,
});

const killed = (reason: string, restarts: string) => ({
  [`kube_pod_container_status_restarts_total{${CONTAINER}}`]: restarts,
  [`kube_pod_container_status_last_terminated_reason{${CONTAINER}, reason="${reason}"}`]: '_x30 1x60',
});

/** Its two ports: of objects, and of itself. */
const up = (endpoint: string): string => `up{job="kube-state-metrics/kube-state-metrics", endpoint="${endpoint}"}`;

const READY = 'kube_node_status_condition{node="a", condition="Ready", status="true"}';
const ITEMS = { namespace: 'items', workload: 'Deployment/items' };

alertTable(
  WORKLOAD_ALERTS,
  {
    NodeNotReady: {
      fires: { series: { [READY]: '0x60' }, at: 20, labels: { node: 'a' } },
      quiet: [
        { series: { [READY]: '1x60' }, at: 20 },
        { series: { [READY]: '0x60', 'kube_node_spec_unschedulable{node="a"}': '1x60' }, at: 20 },
      ],
    },
    NodeUnderPressure: {
      fires: {
        series: { 'kube_node_status_condition{node="a", condition="DiskPressure", status="true"}': '1x60' },
        at: 20,
        labels: { node: 'a', condition: 'DiskPressure' },
      },
      quiet: {
        series: { 'kube_node_status_condition{node="a", condition="DiskPressure", status="true"}': '0x60' },
        at: 20,
      },
    },
    WorkloadDown: {
      fires: [
        { series: deployment(2, 0, 2), at: 20, labels: ITEMS },
        { series: daemonSet(3, 0), at: 20, labels: { workload: 'DaemonSet/node-agent' } },
      ],
      quiet: [
        { series: deployment(2, 1, 2), at: 20 },
        { series: deployment(0, 0, 0), at: 20 },
      ],
    },
    WorkloadReplicasMissing: {
      fires: { series: statefulSet(3, 2, 3), at: 40, labels: { namespace: 'mongo', workload: 'StatefulSet/mongo' } },
      quiet: [
        { series: statefulSet(3, 3, 3), at: 40 },
        { series: statefulSet(3, 0, 3), at: 40 },
      ],
    },
    RolloutStuck: {
      fires: [
        { series: statefulSet(3, 3, 1), at: 40, labels: { workload: 'StatefulSet/mongo' } },
        {
          series: {
            ...deployment(1, 1, 1),
            'kube_deployment_status_condition{namespace="items", deployment="items", condition="Progressing", status="false"}':
              '1x60',
          },
          at: 40,
          labels: ITEMS,
        },
      ],
      quiet: { series: statefulSet(3, 2, 3), at: 40 },
    },
    PodCrashLooping: {
      fires: [
        { series: { ...onNode, ...waits('CrashLoopBackOff', '1 1 1 _ _ 1 1 1 1 _ _ 1 1 1 1 1 _ _ 1x40') }, at: 30 },
        {
          series: { ...onNode, ...waits('CrashLoopBackOff', '1x60', 'init_container') },
          at: 30,
          labels: { ...ON_NODE, container: 'items' },
        },
      ],
      quiet: { series: { ...onNode, ...waits('CrashLoopBackOff', '1 1 _x60') }, at: 30 },
    },
    ContainerCannotStart: {
      fires: {
        series: { ...onNode, ...waits('ErrImagePull', '1 _x60'), ...waits('ImagePullBackOff', '_ 1x60') },
        at: 20,
        labels: { ...ON_NODE, container: 'items' },
      },
      quiet: { series: { ...onNode, ...waits('ContainerCreating') }, at: 20 },
    },
    PodNotReady: {
      fires: [
        { series: { ...onNode, ...pod('unknown', 'Running') }, at: 40, labels: ON_NODE },
        {
          series: { ...unscheduled, ...pod('false', 'Pending') },
          at: 40,
          labels: { namespace: 'items', pod: 'items-1' },
        },
      ],
      quiet: [
        { series: { ...onNode, ...pod('false', 'Succeeded') }, at: 40 },
        { series: { ...onNode, ...pod('false', 'Running'), ...waits('CrashLoopBackOff') }, at: 40 },
      ],
    },
    ContainerOutOfMemory: {
      fires: { series: killed('OOMKilled', '0x30 1x60'), at: 40, labels: { pod: 'items-1', container: 'items' } },
      quiet: [
        { series: killed('Error', '0x30 1x60'), at: 40 },
        { series: killed('OOMKilled', '1x90'), at: 40 },
      ],
    },
    JobFailed: {
      fires: {
        series: { 'kube_job_failed{namespace="mongo", job_name="mongo-setup", condition="true"}': '1x60' },
        at: 20,
        labels: { namespace: 'mongo', job_name: 'mongo-setup' },
      },
      quiet: {
        series: {
          'kube_job_failed{namespace="reports", job_name="nightly-1", condition="true"}': '1x60',
          'kube_job_owner{namespace="reports", job_name="nightly-1", owner_kind="CronJob", owner_name="nightly"}':
            '1x60',
        },
        at: 20,
      },
    },
    CronJobFailed: {
      fires: [
        { series: cronJob('600x60', '300x60'), at: 30, labels: { namespace: 'reports', cronjob: 'nightly' } },
        { series: cronJob('600x60', undefined), at: 30 },
      ],
      quiet: [
        { series: cronJob('600x60', '700x60'), at: 30 },
        { series: cronJob('600x60', '300x60', '1x60'), at: 30 },
      ],
    },
    CronJobNotRun: {
      fires: {
        series: {
          [`kube_cronjob_next_schedule_time{${CRON}}`]: '0x90',
          [`kube_cronjob_spec_suspend{${CRON}}`]: '0x90',
        },
        at: 70,
        labels: { cronjob: 'nightly' },
      },
      quiet: [
        {
          series: {
            [`kube_cronjob_next_schedule_time{${CRON}}`]: '6000x90',
            [`kube_cronjob_spec_suspend{${CRON}}`]: '0x90',
          },
          at: 70,
        },
        {
          series: {
            [`kube_cronjob_next_schedule_time{${CRON}}`]: '0x90',
            [`kube_cronjob_spec_suspend{${CRON}}`]: '1x90',
          },
          at: 70,
        },
      ],
    },
    AutoscalerAtMaximum: {
      fires: {
        series: autoscaler('ScalingLimited', 'true'),
        at: 40,
        labels: { namespace: 'items', horizontalpodautoscaler: 'items' },
      },
      quiet: [
        { series: autoscaler('ScalingLimited', 'false'), at: 40 },
        { series: autoscaler('ScalingLimited', 'true', 2), at: 40 },
      ],
    },
    AutoscalerBlind: {
      fires: { series: autoscaler('ScalingActive', 'false'), at: 40, labels: { horizontalpodautoscaler: 'items' } },
      quiet: { series: autoscaler('ScalingActive', 'false', 0), at: 40 },
    },
    ClaimPending: {
      fires: { series: phase('Pending', '1x60'), at: 40, labels: { persistentvolumeclaim: 'data-mongo-0' } },
      quiet: { series: phase('Pending', '1x10 0x50'), at: 40 },
    },
    ClaimLost: {
      fires: { series: phase('Lost', '1x60'), at: 10, labels: { namespace: 'mongo' } },
      quiet: { series: phase('Lost', '0x60'), at: 10 },
    },
    QuotaNearlyUsed: {
      fires: { series: quota(10, 10), at: 20, labels: { namespace: 'shop', resourcequota: 'shop', resource: 'pods' } },
      quiet: [
        { series: quota(9, 10), at: 20 },
        { series: quota(0, 0), at: 20 },
      ],
    },
    KubeStateMetricsAbsent: {
      fires: { series: { [up('metrics')]: '0x60', [up('own-metrics')]: '1x60' }, at: 20 },
      quiet: { series: { [up('metrics')]: '1x60', [up('own-metrics')]: '1x60' }, at: 20 },
    },
  },
  WORKLOAD_RECORDINGS,
);
