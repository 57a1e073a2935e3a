import { all, CONTAINER, drop, POD, prove, push, set } from '../../../../test/lib/plan-rules.ts';
import { POD_RIGHTS } from './pods.ts';

const CONTEXT = [...CONTAINER, 'securityContext'] as const;
const SECOND = { name: 'second', image: 'registry.example.net/second:1' };

prove(POD_RIGHTS, {
  'SLP-privileged': {
    fires: {
      privileged: [
        set('Deployment', 'hello', [...CONTEXT, 'privileged'], true),
        /^Deployment hello\/hello runs container hello with all rights of its node$/,
      ],
      'the network of the node': [
        set('Deployment', 'hello', [...POD, 'hostNetwork'], true),
        /shares Network with its node$/,
      ],
      'a path of the node': [
        push('Job', 'mongo-setup', [...POD, 'volumes'], { name: 'x', hostPath: { path: '/' } }),
        /^Job mongo\/mongo-setup mounts \/ of its node$/,
      ],
      'a capability': [
        set('Deployment', 'hello', [...CONTEXT, 'capabilities', 'add'], ['NET_ADMIN']),
        /the capability NET_ADMIN$/,
      ],
      'a new workload': [
        (d) => d.set(d.copy(d.find('Deployment', 'hello'), 'new'), [...CONTEXT, 'privileged'], true),
        /^Deployment hello\/new runs container hello with all rights/,
      ],
    },
    quiet: {
      'a DaemonSet that has some': set('DaemonSet', 'node-exporter', ['spec', 'revisionHistoryLimit'], 9),
      'what is the default': set('Deployment', 'hello', [...POD, 'hostNetwork'], false),
    },
  },
  'SLP-hardening-gone': {
    fires: {
      'read-only root': [
        drop('Deployment', 'hello', ...CONTEXT, 'readOnlyRootFilesystem'),
        /^Container hello of Deployment hello\/hello may write to its root file system, and did not before$/,
      ],
      'no root, of the pod': [
        drop('Deployment', 'hello', ...POD, 'securityContext', 'runAsNonRoot'),
        /may run as root/,
      ],
      escalation: [set('Job', 'mongo-setup', [...CONTEXT, 'allowPrivilegeEscalation'], true), /may get more rights/],
      capabilities: [drop('Deployment', 'hello', ...CONTEXT, 'capabilities'), /keeps the capabilities/],
      seccomp: [
        set('Deployment', 'hello', [...POD, 'securityContext', 'seccompProfile', 'type'], 'Unconfined'),
        /may make every system call/,
      ],
      'a new container': [
        push('Deployment', 'hello', [...POD, 'containers'], SECOND),
        /^Container second .* and the others do not$/,
      ],
      'the user namespace': [drop('Deployment', 'hello', ...POD, 'hostUsers'), /no longer has a user namespace/],
    },
    quiet: {
      'the same at the container': all(
        set('Deployment', 'hello', [...CONTEXT, 'runAsNonRoot'], true),
        drop('Deployment', 'hello', ...POD, 'securityContext', 'runAsNonRoot'),
      ),
    },
  },
  'SLP-token-mounted': {
    fires: {
      token: [
        drop('Deployment', 'hello', ...POD, 'automountServiceAccountToken'),
        /get a token with the rights of ServiceAccount hello$/,
      ],
    },
    quiet: { 'no token': set('Deployment', 'external-dns', [...POD, 'automountServiceAccountToken'], false) },
  },
});
