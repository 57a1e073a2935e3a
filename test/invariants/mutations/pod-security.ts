import { namespaceLevels, podLevels, readOnlyRoot } from '../pod-security.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const CONTEXT = [...CONTAINER, 'securityContext'] as const;
const POD_CONTEXT = [...POD, 'securityContext'] as const;
const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** One field of a Deployment's pods, and what must be said of it. */
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

/** What a pod may do on its node. */
export const podSecurityMutations: readonly Mutation[] = [
  ...mutations(namespaceLevels, {
    'a lax namespace': [
      (d) => d.set(d.find('Namespace', 'hello'), ['metadata', 'labels', ENFORCE], 'baseline'),
      /^Namespace hello enforces baseline/,
    ],
    'no level': [
      (d) => d.drop(d.find('Namespace', 'hello'), 'metadata', 'labels', ENFORCE),
      /^Namespace hello enforces nothing/,
    ],
    'no warnings': [
      (d) => d.drop(d.find('Namespace'), 'metadata', 'labels', 'pod-security.kubernetes.io/warn'),
      /another level for warn/,
    ],
    'no version': [
      (d) => d.drop(d.find('Namespace'), 'metadata', 'labels', `${ENFORCE}-version`),
      /does not say which version/,
    ],
  }),
  ...mutations(podLevels, {
    'the network of the node': pod([...POD, 'hostNetwork'], true, /sets hostNetwork/),
    'the processes of the node': pod([...POD, 'hostPID'], true, /sets hostPID/),
    'the memory of the node': pod([...POD, 'hostIPC'], true, /sets hostIPC/),
    'the files of the node': pod(
      [...POD, 'volumes', 0],
      { name: 'tmp', hostPath: { path: '/' } },
      /mounts the node's files/,
    ),
    'a port of the node': pod([...CONTAINER, 'ports', 0, 'hostPort'], 80, /takes the node's port 80/),
    'a disk of the network': pod(
      [...POD, 'volumes', 0],
      { name: 'tmp', nfs: { server: 'x', path: '/' } },
      /has the volume "tmp" of type nfs/,
    ),
    'a privileged container': pod([...CONTEXT, 'privileged'], true, /is privileged/),
    'capabilities kept': pod([...CONTEXT, 'capabilities'], {}, /keeps capabilities/),
    'a strong capability': pod([...CONTEXT, 'capabilities', 'add'], ['SYS_ADMIN'], /adds the capability SYS_ADMIN/),
    'a weak capability': pod([...CONTEXT, 'capabilities', 'add'], ['CHOWN'], /adds the capability CHOWN/),
    'a way to more rights': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...CONTEXT, 'allowPrivilegeEscalation'),
      /hello may gain privileges/,
    ],
    'an init container without a context': [
      (d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'initContainers', 0, 'securityContext'),
      /^StatefulSet mongo\/mongo may gain privileges/,
    ],
    root: pod([...POD_CONTEXT, 'runAsUser'], 0, /runs as root \(pod\)/),
    'root in one container': pod([...CONTEXT, 'runAsUser'], 0, /runs as root/),
    'root allowed': pod([...CONTEXT, 'runAsNonRoot'], false, /may run as root/),
    'root not forbidden': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...POD_CONTEXT, 'runAsNonRoot'),
      /is not told to run as non-root/,
    ],
    'no seccomp': [
      (d) => d.drop(d.find('Deployment', 'hello'), ...POD_CONTEXT, 'seccompProfile'),
      /has no seccomp profile/,
    ],
    'seccomp off': pod([...CONTEXT, 'seccompProfile'], { type: 'Unconfined' }, /has seccomp off/),
    'AppArmor off': pod([...POD_CONTEXT, 'appArmorProfile'], { type: 'Unconfined' }, /has AppArmor off/),
    'AppArmor off by annotation': pod(
      ['spec', 'template', 'metadata', 'annotations'],
      { 'container.apparmor.security.beta.kubernetes.io/x': 'unconfined' },
      /has AppArmor off/,
    ),
    'another SELinux type': pod([...POD_CONTEXT, 'seLinuxOptions'], { type: 'spc_t' }, /picks an SELinux type/),
    'another SELinux role': pod(
      [...POD_CONTEXT, 'seLinuxOptions'],
      { role: 'sysadm_r' },
      /picks an SELinux user or role/,
    ),
    'all of /proc': pod([...CONTEXT, 'procMount'], 'Unmasked', /unmasks \/proc/),
    'an unsafe sysctl': pod(
      [...POD_CONTEXT, 'sysctls'],
      [{ name: 'kernel.msgmax', value: '1' }],
      /sets the sysctl kernel.msgmax/,
    ),
    'a process of a Windows node': pod([...POD_CONTEXT, 'windowsOptions'], { hostProcess: true }, /is a host process/),
    "a probe of somebody else's host": pod(
      [...CONTAINER, 'livenessProbe', 'httpGet', 'host'],
      '169.254.169.254',
      /has a probe or hook for another host/,
    ),
    'what its lax namespace allows': [
      (d) => {
        d.set(d.find('Namespace', 'hello'), ['metadata', 'labels', ENFORCE], 'privileged');
        d.set(d.find('Deployment', 'hello'), [...POD, 'hostNetwork'], true);
      },
      /hello sets hostNetwork, which only its lax namespace allows/,
    ],
  }),
  ...mutations(readOnlyRoot, {
    'a root file system to write to': [
      (d) => d.drop(d.find('Deployment'), ...CONTEXT, 'readOnlyRootFilesystem'),
      /^container .* of Deployment .* can write/,
    ],
    'of an init container': [
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
