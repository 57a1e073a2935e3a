import type { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, fromField, httpProbe, scratch } from '../../lib/container.ts';
import { DaemonSet } from '../../lib/daemon-set.ts';
import { grantInCluster, grantInNamespace } from '../../lib/rbac.ts';
import { configuration, environment, SCRATCH, STARTED_PODS, startedPods, type VeleroPods } from './pods.ts';
import { NODE_AGENT_CLUSTER_RULES, NODE_AGENT_RULES, SNAPSHOT_CLUSTER_RULES } from './rules.ts';

/** The server looks the DaemonSet up by this name. */
const NAME = 'node-agent';

/** What is below it belongs to root, who reads it without any capability. */
const ROOT: k8s.PodSecurityContext = { runAsNonRoot: false, runAsUser: 0, runAsGroup: 0 };

/**
 * On every node: starts a pod for each volume that is to be moved to or from the object store, and watches over it.
 * These pods are made of its own: account, image, environment and volumes are the same.
 */
export function nodeAgent(component: Component, props: VeleroPods): void {
  const settings = startedPods(props, { request: '256Mi', limit: '1Gi' });
  const config = configuration(component, 'node-agent', { config: settings });
  const { name } = new DaemonSet(component, {
    role: NAME,
    name: NAME,
    apiAccess: true,
    startsPods: true,
    serviceAccountAnnotations: props.identity.serviceAccountAnnotations,
    // The server looks for this label where it wants an agent on a certain node.
    podLabels: { role: NAME, ...props.identity.podLabels },
    // It reads its settings just once: pods that differ are how a change reaches it.
    podAnnotations: { 'slipway.dev/settings': JSON.stringify(settings) },
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
    resources: { cpu: '20m', cpuLimit: '500m', memory: '256Mi' },
    startup: httpProbe('/metrics', 'metrics', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60 }),
    readiness: httpProbe('/metrics', 'metrics', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    // A restart interrupts what is being moved, so it takes five minutes of silence.
    liveness: httpProbe('/metrics', 'metrics', { periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 }),
    mounts: {
      [SCRATCH]: { volume: 'scratch', readOnly: false },
      // It finds a volume's folder; the pod that it starts mounts that folder alone.
      ...(props.filesFromNodes && { '/host_pods': { volume: 'host-pods' } }),
    },
  };
}
