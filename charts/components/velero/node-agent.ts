import type { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, fromField, httpProbe, scratch } from '../../lib/container.ts';
import { DaemonSet } from '../../lib/daemon-set.ts';
import { grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import type { WorkloadSettings } from '../../lib/workload-settings.ts';
import { configuration, environment, SCRATCH, STARTED_PODS, startedPods, type VeleroPods } from './pods.ts';
import { NODE_AGENT_CLUSTER_RULES, NODE_AGENT_RULES, SNAPSHOT_CLUSTER_RULES } from './rules.ts';

/** Options of the node agent. */
export interface NodeAgentProps extends VeleroPods {
  readonly settings: WorkloadSettings;
}

/** The server looks up the DaemonSet by this name. */
const NAME = 'node-agent';

/** The kubelet's directory belongs to root, which can read it without capabilities. */
const ROOT: k8s.PodSecurityContext = { runAsNonRoot: false, runAsUser: 0, runAsGroup: 0 };

/**
 * On every node: starts and monitors a data mover pod for each volume to transfer to or from the object store. These
 * pods are derived from its own, with the same ServiceAccount, image, environment and volumes.
 */
export function nodeAgent(component: Component, props: NodeAgentProps): void {
  const config = configuration(component, 'node-agent', { config: startedPods(props) });
  const { name } = new DaemonSet(component, {
    settings: props.settings,
    role: NAME,
    name: NAME,
    apiAccess: true,
    startsPods: true,
    serviceAccountAnnotations: props.identity.serviceAccountAnnotations,
    // The server finds the agent of a node by this label.
    podLabels: { role: NAME, ...props.identity.podLabels },
    // It reads its configuration by the API, at startup only.
    onChange: { [`ConfigMap/${config}`]: 'roll' },
    openings: { egress: props.egress },
    podSecurityContext: props.filesFromNodes ? ROOT : undefined,
    containers: [container(props, config)],
    volumes: [
      scratch('scratch', '4Gi'),
      ...(props.filesFromNodes ? [{ name: 'host-pods', hostPath: { path: '/var/lib/kubelet/pods' } }] : []),
    ],
  });
  grantInNamespace(component, { name, serviceAccount: name, rules: NODE_AGENT_RULES });
  const rules = [...NODE_AGENT_CLUSTER_RULES, ...(props.filesFromNodes ? [] : SNAPSHOT_CLUSTER_RULES)];
  grantInCluster(component, { name: `velero-${name}`, serviceAccount: name, rules });
  component.endpoint('velero-worker', STARTED_PODS, { egress: props.egress });
}

function container(props: VeleroPods, config: string): ContainerProps {
  return {
    name: NAME,
    image: props.image,
    command: ['/velero'],
    args: [
      'node-agent',
      'server',
      '--log-format=json',
      `--node-agent-configmap=${config}`,
      ...(props.filesFromNodes ? [] : ['--features=EnableCSI']),
    ],
    env: { ...environment(props), NODE_NAME: fromField('spec.nodeName') },
    ports: { metrics: 8085 },
    metrics: { port: 'metrics' },
    resources: { cpu: '20m', cpuLimit: '500m', memory: '256Mi' },
    startup: httpProbe('/metrics', 'metrics', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60 }),
    readiness: httpProbe('/metrics', 'metrics', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    // A restart interrupts transfers, so it takes five minutes of failures.
    liveness: httpProbe('/metrics', 'metrics', { periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 }),
    mounts: {
      [SCRATCH]: { volume: 'scratch', readOnly: false },
      // It looks up the directory of a volume; the data mover pod mounts only that directory.
      ...(props.filesFromNodes && { '/host_pods': { volume: 'host-pods' } }),
    },
  };
}
