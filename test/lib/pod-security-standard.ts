import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import { textsAt } from './cluster-objects.ts';
import type { Container, Pods } from './pods.ts';

/** The levels of the Pod Security Standards (kubernetes.io/docs/concepts/security/pod-security-standards), weakest first. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof LEVELS)[number];

/** What a level forbids in a pod, as predicates to follow the pod's label. */
export function violationsOf(pods: Pods, level: Level): string[] {
  if (level === 'privileged') return [];
  return level === 'baseline' ? baseline(pods) : [...baseline(pods), ...restricted(pods)];
}

function baseline({ spec, annotations }: Pods): string[] {
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true).map((field) => `sets ${field}`),
    ...(spec.volumes ?? [])
      .filter((volume) => volume['hostPath'])
      .map(({ name }) => `mounts a hostPath as volume "${name}"`),
    ...listAt(spec.securityContext, 'sysctls')
      .map((sysctl) => textAt(sysctl, 'name') ?? '')
      .filter((name) => !SAFE_SYSCTLS.has(name))
      .map((name) => `sets the sysctl ${name}`),
    ...Object.entries(annotations)
      .filter(
        ([key, value]) => key.startsWith('container.apparmor.security.beta.kubernetes.io/') && value === 'unconfined',
      )
      .map(() => 'has an unconfined AppArmor profile'),
    ...contexts(spec).flatMap(([where, context]) => confinement(context).map((what) => `${what} (${where})`)),
    ...containers(spec).flatMap((container) =>
      [...containerBaseline(container), ...hostHandlers(container)].map((what) => `${what} (${container.name})`),
    ),
  ];
}

/** Fields of both the pod's and a container's security context. */
function confinement(context: unknown): string[] {
  const selinux = at(context, 'seLinuxOptions');
  return [
    ...(textAt(context, 'seccompProfile', 'type') === 'Unconfined' ? ['has an unconfined seccomp profile'] : []),
    ...(textAt(context, 'appArmorProfile', 'type') === 'Unconfined' ? ['has an unconfined AppArmor profile'] : []),
    ...(at(context, 'windowsOptions', 'hostProcess') === true ? ['is a host process'] : []),
    ...(textAt(selinux, 'user') || textAt(selinux, 'role') ? ['sets an SELinux user or role'] : []),
    ...(SELINUX_TYPES.has(textAt(selinux, 'type') ?? '') ? [] : ['sets an SELinux type']),
  ];
}

function containerBaseline({ securityContext, ports = [] }: Container): string[] {
  return [
    ...(at(securityContext, 'privileged') === true ? ['is privileged'] : []),
    ...textsAt(securityContext, 'capabilities', 'add')
      .filter((name) => !BASELINE_CAPABILITIES.has(name))
      .map((name) => `adds the capability ${name}`),
    ...ports.filter(({ hostPort }) => hostPort).map(({ hostPort }) => `uses hostPort ${hostPort}`),
    ...((textAt(securityContext, 'procMount') ?? 'Default') === 'Default' ? [] : ['unmasks /proc']),
  ];
}

/** The kubelet runs probes and hooks from the node: with another host they would reach what the pod must not. */
function hostHandlers(container: Container): string[] {
  const handlers = [
    container.startupProbe,
    container.livenessProbe,
    container.readinessProbe,
    at(container.lifecycle, 'preStop'),
    at(container.lifecycle, 'postStart'),
  ];
  return handlers.some((handler) => textAt(handler, 'httpGet', 'host') || textAt(handler, 'tcpSocket', 'host'))
    ? ['has a probe or lifecycle hook for another host']
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
    ...(at(own, 'allowPrivilegeEscalation') === false ? [] : ['allows privilege escalation']),
    ...(textsAt(own, 'capabilities', 'drop').includes('ALL') ? [] : ['does not drop all capabilities']),
    ...textsAt(own, 'capabilities', 'add')
      .filter((name) => name !== 'NET_BIND_SERVICE' && BASELINE_CAPABILITIES.has(name))
      .map((name) => `adds the capability ${name}`),
    ...((at(own, 'runAsNonRoot') ?? at(ofPod, 'runAsNonRoot')) === true ? [] : ['does not set runAsNonRoot']),
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
