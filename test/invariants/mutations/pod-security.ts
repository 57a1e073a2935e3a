import { namespaceLevels, podLevels, readOnlyRoot } from '../pod-security.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const CONTEXT = [...CONTAINER, 'securityContext'] as const;
const POD_CONTEXT = [...POD, 'securityContext'] as const;
const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Sets one field of a Deployment's pods; the violation is what follows the Deployment's name. */
function pod(
  path: readonly (string | number)[],
  value: unknown,
  violation: RegExp,
): Parameters<typeof mutations>[1][string] {
  return [
    (d) => d.set(d.find('Deployment', 'hello'), path, value),
    new RegExp(`^Deployment hello/hello ${violation.source}`),
  ];
}

/** Pod Security. */
export const podSecurityMutations: readonly Mutation[] = [
  ...mutations(namespaceLevels, {
    'namespace that enforces baseline': [
      (d) => d.set(d.find('Namespace', 'hello'), ['metadata', 'labels', ENFORCE], 'baseline'),
      /^Namespace hello enforces baseline/,
    ],
    'namespace without an enforced level': [
      (d) => d.drop(d.find('Namespace', 'hello'), 'metadata', 'labels', ENFORCE),
      /^Namespace hello enforces nothing/,
    ],
    'namespace without a warn level': [
      (d) => d.drop(d.find('Namespace'), 'metadata', 'labels', 'pod-security.kubernetes.io/warn'),
      /a different level for warn/,
    ],
    'namespace without enforce-version': [
      (d) => d.drop(d.find('Namespace'), 'metadata', 'labels', `${ENFORCE}-version`),
      /does not set the version/,
    ],
  }),
  ...mutations(podLevels, {
    hostNetwork: pod([...POD, 'hostNetwork'], true, /sets hostNetwork/),
    hostPID: pod([...POD, 'hostPID'], true, /sets hostPID/),
    hostIPC: pod([...POD, 'hostIPC'], true, /sets hostIPC/),
    'hostPath volume': pod([...POD, 'volumes', 0], { name: 'tmp', hostPath: { path: '/' } }, /mounts a hostPath/),
    hostPort: pod([...CONTAINER, 'ports', 0, 'hostPort'], 80, /uses hostPort 80/),
    'NFS volume': pod(
      [...POD, 'volumes', 0],
      { name: 'tmp', nfs: { server: 'x', path: '/' } },
      /has the volume "tmp" of type nfs/,
    ),
    'privileged container': pod([...CONTEXT, 'privileged'], true, /is privileged/),
    'container that drops no capabilities': pod([...CONTEXT, 'capabilities'], {}, /does not drop all capabilities/),
    'added capability that baseline forbids': pod(
      [...CONTEXT, 'capabilities', 'add'],
      ['SYS_ADMIN'],
      /adds the capability SYS_ADMIN/,
    ),
    'added capability that restricted forbids': pod(
      [...CONTEXT, 'capabilities', 'add'],
      ['CHOWN'],
      /adds the capability CHOWN/,
    ),
    'container without allowPrivilegeEscalation: false': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...CONTEXT, 'allowPrivilegeEscalation'),
      /hello allows privilege escalation/,
    ],
    'init container without a securityContext': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'initContainers', 0, 'securityContext'),
      /^StatefulSet mongo\/mongo allows privilege escalation/,
    ],
    'pod with runAsUser 0': pod([...POD_CONTEXT, 'runAsUser'], 0, /runs as root \(pod\)/),
    'container with runAsUser 0': pod([...CONTEXT, 'runAsUser'], 0, /runs as root/),
    'container with runAsNonRoot: false': pod([...CONTEXT, 'runAsNonRoot'], false, /may run as root/),
    'pod without runAsNonRoot': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...POD_CONTEXT, 'runAsNonRoot'),
      /does not set runAsNonRoot/,
    ],
    'pod without a seccomp profile': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...POD_CONTEXT, 'seccompProfile'),
      /has no seccomp profile/,
    ],
    'unconfined seccomp profile': pod(
      [...CONTEXT, 'seccompProfile'],
      { type: 'Unconfined' },
      /has an unconfined seccomp profile/,
    ),
    'unconfined AppArmor profile': pod(
      [...POD_CONTEXT, 'appArmorProfile'],
      { type: 'Unconfined' },
      /has an unconfined AppArmor profile/,
    ),
    'unconfined AppArmor annotation': pod(
      ['spec', 'template', 'metadata', 'annotations'],
      { 'container.apparmor.security.beta.kubernetes.io/x': 'unconfined' },
      /has an unconfined AppArmor profile/,
    ),
    'custom SELinux type': pod([...POD_CONTEXT, 'seLinuxOptions'], { type: 'spc_t' }, /sets an SELinux type/),
    'custom SELinux role': pod(
      [...POD_CONTEXT, 'seLinuxOptions'],
      { role: 'sysadm_r' },
      /sets an SELinux user or role/,
    ),
    'unmasked /proc': pod([...CONTEXT, 'procMount'], 'Unmasked', /unmasks \/proc/),
    'unsafe sysctl': pod(
      [...POD_CONTEXT, 'sysctls'],
      [{ name: 'kernel.msgmax', value: '1' }],
      /sets the sysctl kernel.msgmax/,
    ),
    'Windows host process': pod([...POD_CONTEXT, 'windowsOptions'], { hostProcess: true }, /is a host process/),
    'probe of another host': pod(
      [...CONTAINER, 'livenessProbe', 'httpGet', 'host'],
      '169.254.169.254',
      /has a probe or lifecycle hook for another host/,
    ),
    'pod that needs the weaker level of its namespace': [
      (d) => {
        d.set(d.find('Namespace', 'hello'), ['metadata', 'labels', ENFORCE], 'privileged');
        d.set(d.find('Deployment', 'hello'), [...POD, 'hostNetwork'], true);
      },
      /hello sets hostNetwork, which only the level of its namespace allows/,
    ],
  }),
  ...mutations(readOnlyRoot, {
    'writable root file system': [
      (d) => d.drop(d.find('Deployment'), ...CONTEXT, 'readOnlyRootFilesystem'),
      /^container .* of Deployment .* can write/,
    ],
    'writable root file system of an init container': [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo'),
          [...POD, 'initContainers', 0, 'securityContext', 'readOnlyRootFilesystem'],
          false,
        ),
      /can write/,
    ],
  }),
];
