import { at, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { type Container, POD_KINDS, type Pods, podsOf } from '../pods.ts';
import { rule, type Said, shown } from '../rule.ts';

/** What a pod may do on its node, by path. */
function privileges(pods: Pods): Map<string, string> {
  const host = ['hostNetwork', 'hostPID', 'hostIPC']
    .filter((field) => at(pods.spec, field) === true)
    .map((field) => [`${pods.path}.${field}`, `shares ${field.slice(4)} with its node`] as const);
  const paths = listAt(pods.spec, 'volumes').flatMap((volume) => {
    const path = textAt(volume, 'hostPath', 'path');
    return path === undefined
      ? []
      : [[`${pods.path}.volumes[${textAt(volume, 'name')}].hostPath`, `mounts ${path} of its node`] as const];
  });
  return new Map([...host, ...paths, ...pods.containers.flatMap(ofContainer)]);
}

function ofContainer({ name, path, value }: Container): (readonly [string, string])[] {
  const context = at(value, 'securityContext');
  const added = listAt(context, 'capabilities', 'add').map(String);
  return [
    ...(at(context, 'privileged') === true
      ? [[`${path}.securityContext.privileged`, `runs container ${name} with all rights of its node`] as const]
      : []),
    ...added.map(
      (one) =>
        [`${path}.securityContext.capabilities.add[${one}]`, `gives container ${name} the capability ${one}`] as const,
    ),
    ...(textAt(context, 'procMount') === 'Unmasked'
      ? [[`${path}.securityContext.procMount`, `lets container ${name} see all of /proc`] as const]
      : []),
    ...listAt(value, 'ports').flatMap((port) => {
      const number = at(port, 'hostPort');
      return number === undefined || number === 0
        ? []
        : [
            [
              `${path}.ports[${shown(at(port, 'containerPort'))}].hostPort`,
              `listens on port ${shown(number)} of its node`,
            ] as const,
          ];
    }),
  ];
}

const privileged = rule('SLP-privileged', {
  severity: 'danger',
  about: 'Pods get rights on their node: privileged, host namespaces, paths or ports, capabilities',
  kinds: POD_KINDS,
  written: (before, after) => {
    const pods = podsOf(after);
    const old = before ? podsOf(before) : undefined;
    const known = new Set(old ? privileges(old).values() : []);
    return [...(pods ? privileges(pods) : [])]
      .filter(([, says]) => !known.has(says))
      .map(([path, says]) => ({
        path,
        says: `${label(after)} ${says}`,
        instead: 'do without, or keep such pods in a namespace and on nodes of their own',
      }));
  },
});

/** Settings that harden a container, its own or else the pod's, with what it means that one is missing. */
const HARDENING: Readonly<
  Record<string, readonly [says: string, holds: (container: unknown, pod: unknown) => boolean]>
> = {
  readOnlyRootFilesystem: ['may write to its root file system', (c) => at(c, 'readOnlyRootFilesystem') === true],
  allowPrivilegeEscalation: [
    'may get more rights than it was started with',
    (c) => at(c, 'allowPrivilegeEscalation') === false,
  ],
  runAsNonRoot: ['may run as root', (c, pod) => (at(c, 'runAsNonRoot') ?? at(pod, 'runAsNonRoot')) === true],
  runAsUser: ['runs as root', (c, pod) => (at(c, 'runAsUser') ?? at(pod, 'runAsUser')) !== 0],
  capabilities: [
    'keeps the capabilities of the container runtime',
    (c) => listAt(c, 'capabilities', 'drop').includes('ALL'),
  ],
  seccompProfile: [
    'may make every system call',
    (c, pod) =>
      ['RuntimeDefault', 'Localhost'].includes(
        textAt(c, 'seccompProfile', 'type') ?? textAt(pod, 'seccompProfile', 'type') ?? '',
      ),
  ],
};

/** The hardening that each container lacks. */
function lacks(pods: Pods): Map<string, Container> {
  const pod = at(pods.spec, 'securityContext');
  return new Map(
    pods.containers.flatMap((container) =>
      Object.entries(HARDENING)
        .filter(([, [, holds]]) => !holds(at(container.value, 'securityContext'), pod))
        .map(([field]) => [`${container.name}|${field}`, container] as const),
    ),
  );
}

const hardening = rule('SLP-hardening-gone', {
  severity: 'danger',
  about:
    'A container loses its hardening: read-only root, no root user, no escalation, dropped capabilities, seccomp, user namespace',
  kinds: POD_KINDS,
  changed: (before, after) => {
    const [old, now] = [podsOf(before), podsOf(after)];
    if (old?.spec === undefined || now?.spec === undefined) return [];
    const known = lacks(old);
    const others = new Set(old.containers.map(({ name }) => name));
    const lost = [...lacks(now)].flatMap(([key, container]): Said[] => {
      const field = key.slice(key.indexOf('|') + 1);
      // A new container is measured by the others: where one of them lacks it, that is how these pods are.
      const news = others.has(container.name)
        ? !known.has(key)
        : ![...known.keys()].some((one) => one.endsWith(`|${field}`));
      return news
        ? [
            {
              path: `${container.path}.securityContext.${field}`,
              says: `Container ${container.name} of ${label(after)} ${HARDENING[field]![0]}, ${others.has(container.name) ? 'and did not before' : 'and the others do not'}`,
              instead: field === 'readOnlyRootFilesystem' ? 'mount an emptyDir where it writes' : 'keep the setting',
            },
          ]
        : [];
    });
    const shares = at(old.spec, 'hostUsers') === false && at(now.spec, 'hostUsers') !== false;
    return shares
      ? [
          ...lost,
          {
            path: `${now.path}.hostUsers`,
            says: `Users of ${label(after)} are those of its node: it no longer has a user namespace of its own`,
            instead: 'keep hostUsers: false',
          },
        ]
      : lost;
  },
});

const token = rule('SLP-token-mounted', {
  severity: 'danger',
  about: 'Pods get a token of the API server that they did not have',
  kinds: POD_KINDS,
  changed: (before, after) => {
    const mounts = (one: Manifest): boolean | undefined => {
      const pods = podsOf(one);
      return pods?.spec === undefined ? undefined : at(pods.spec, 'automountServiceAccountToken') !== false;
    };
    return mounts(before) === false && mounts(after) === true
      ? [
          {
            path: `${podsOf(after)!.path}.automountServiceAccountToken`,
            says: `Pods of ${label(after)} get a token with the rights of ServiceAccount ${textAt(podsOf(after)?.spec, 'serviceAccountName') ?? 'default'}`,
            instead: 'keep automountServiceAccountToken: false, unless the program calls the API server',
          },
        ]
      : [];
  },
});

/** What pods may do. */
export const POD_RIGHTS = [privileged, hardening, token];
