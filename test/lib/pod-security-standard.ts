import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import { textsAt } from './cluster-objects.ts';
import type { Container, Pods } from './pods.ts';

/** The levels of the Pod Security Standards (kubernetes.io/docs/concepts/security/pod-security-standards), laxest first. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof LEVELS)[number];

/** What of a pod its level does not allow, in words that follow the pod's name. */
export function violationsOf(pods: Pods, level: Level): string[] {
  if (level === 'privileged') return [];
  return level === 'baseline' ? baseline(pods) : [...baseline(pods), ...restricted(pods)];
}

function baseline({ spec, annotations }: Pods): string[] {
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true).map((field) => `sets ${field}`),
    ...(spec.volumes ?? [])
      .filter((volume) => volume['hostPath'])
      .map(({ name }) => `mounts the node's files as volume "${name}"`),
    ...listAt(spec.securityContext, 'sysctls')
      .map((sysctl) => textAt(sysctl, 'name') ?? '')
      .filter((name) => !SAFE_SYSCTLS.has(name))
      .map((name) => `sets the sysctl ${name}`),
    ...Object.entries(annotations)
      .filter(
        ([key, value]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/') && value === 'unconfined',
      )
      .map(() => 'has AppArmor off'),
    ...contexts(spec).flatMap(([where, context]) => confinement(context).map((what) => `${what} (${where})`)),
    ...containers(spec).flatMap((container) =>
      [...containerBaseline(container), ...hostHandlers(container)].map((what) => `${what} (${container.name})`),
    ),
  ];
}

/** What both the pod and a container may say of their confinement. */
function confinement(context: unknown): string[] {
  const selinux = at(context, 'seLinuxOptions');
  return [
    ...(textAt(context, 'seccompProfile', 'type') === 'Unconfined' ? ['has seccomp off'] : []),
    ...(textAt(context, 'appArmorProfile', 'type') === 'Unconfined' ? ['has AppArmor off'] : []),
    ...(at(context, 'windowsOptions', 'hostProcess') === true ? ['is a host process'] : []),
    ...(textAt(selinux, 'user') || textAt(selinux, 'role') ? ['picks an SELinux user or role'] : []),
    ...(SELINUX_TYPES.has(textAt(selinux, 'type') ?? '') ? [] : ['picks an SELinux type']),
  ];
}

function containerBaseline({ securityContext, ports = [] }: Container): string[] {
  return [
    ...(at(securityContext, 'privileged') === true ? ['is privileged'] : []),
    ...textsAt(securityContext, 'capabilities', 'add')
      .filter((name) => !BASELINE_CAPABILITIES.has(name))
      .map((name) => `adds the capability ${name}`),
    ...ports.filter(({ hostPort }) => hostPort).map(({ hostPort }) => `takes the node's port ${hostPort}`),
    ...((textAt(securityContext, 'procMount') ?? 'Default') === 'Default' ? [] : ['unmasks /proc']),
  ];
}

/** Probes and hooks run on the node: with a host of their own they would reach what the pod must not. */
function hostHandlers(container: Container): string[] {
  const handlers = [
    container.startupProbe,
    container.livenessProbe,
    container.readinessProbe,
    at(container.lifecycle, 'preStop'),
    at(container.lifecycle, 'postStart'),
  ];
  return handlers.some((handler) => textAt(handler, 'httpGet', 'host') || textAt(handler, 'tcpSocket', 'host'))
    ? ['has a probe or hook for another host']
    : [];
}

function restricted({ spec }: Pods): string[] {
  return [
    ...(spec.volumes ?? []).flatMap(({ name, ...source }) =>
      Object.keys(source)
        .filter((type) => !VOLUMES.has(type) && type !== 'hostPath')
        .map((type) => `has the volume "${name}" of type ${type}`),
    ),
    ...contexts(spec).flatMap(([where, context]) => [
      ...(at(context, 'runAsUser') === 0 ? [`runs as root (${where})`] : []),
      ...(where !== 'pod' && at(context, 'runAsNonRoot') === false ? [`may run as root (${where})`] : []),
    ]),
    ...containers(spec).flatMap((container) =>
      containerRestricted(container, spec.securityContext).map((what) => `${what} (${container.name})`),
    ),
  ];
}

function containerRestricted({ securityContext: own }: Container, ofPod: unknown): string[] {
  const seccomp = textAt(own, 'seccompProfile', 'type') ?? textAt(ofPod, 'seccompProfile', 'type');
  return [
    ...(at(own, 'allowPrivilegeEscalation') === false ? [] : ['may gain privileges']),
    ...(textsAt(own, 'capabilities', 'drop').includes('ALL') ? [] : ['keeps capabilities']),
    ...textsAt(own, 'capabilities', 'add')
      .filter((name) => name !== 'NET_BIND_SERVICE' && BASELINE_CAPABILITIES.has(name))
      .map((name) => `adds the capability ${name}`),
    ...((at(own, 'runAsNonRoot') ?? at(ofPod, 'runAsNonRoot')) === true ? [] : ['is not told to run as non-root']),
    ...(seccomp === 'RuntimeDefault' || seccomp === 'Localhost' || seccomp === 'Unconfined'
      ? []
      : ['has no seccomp profile']),
  ];
}

function containers(spec: Pods['spec']): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

function contexts(spec: Pods['spec']): (readonly [string, unknown])[] {
  return [['pod', spec.securityContext], ...containers(spec).map((c) => [c.name, c.securityContext] as const)];
}

const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);
const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const BASELINE_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
