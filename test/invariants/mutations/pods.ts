import { accountsUsed, noWildcards, ownAccounts, rightsHaveOwners, tokens } from '../accounts.ts';
import { namespaceLevels, podLevels, readOnlyRoot } from '../pod-security.ts';
import { noPlainSecrets, noSecretData, noSecretMaterial, templatesReadValues } from '../secrets.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

const CONTEXT = [...CONTAINER, 'securityContext'] as const;
const POD_CONTEXT = [...POD, 'securityContext'] as const;
const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** One field of a Deployment's pods, and what must be said of it. */
function pod(path: readonly (string | number)[], value: unknown, says: RegExp): Parameters<typeof mutations>[1][string] {
  return [(d) => d.set(d.find('Deployment', 'whoami'), path, value), new RegExp(`^Deployment whoami/whoami ${says.source}`)];
}

/** What pods may do: on their node, with the API, and with secrets. */
export const podMutations: readonly Mutation[] = [
  ...mutations(namespaceLevels, {
    'a lax namespace': [(d) => d.set(d.find('Namespace', 'whoami'), ['metadata', 'labels', ENFORCE], 'baseline'), /^Namespace whoami enforces baseline/],
    'no level': [(d) => d.drop(d.find('Namespace', 'whoami'), 'metadata', 'labels', ENFORCE), /^Namespace whoami enforces nothing/],
    'no warnings': [(d) => d.drop(d.find('Namespace'), 'metadata', 'labels', 'pod-security.kubernetes.io/warn'), /another level for warn/],
    'no version': [(d) => d.drop(d.find('Namespace'), 'metadata', 'labels', `${ENFORCE}-version`), /does not say which version/],
  }),
  ...mutations(podLevels, {
    'the network of the node': pod([...POD, 'hostNetwork'], true, /sets hostNetwork/),
    'the processes of the node': pod([...POD, 'hostPID'], true, /sets hostPID/),
    'the memory of the node': pod([...POD, 'hostIPC'], true, /sets hostIPC/),
    'the files of the node': pod([...POD, 'volumes', 0], { name: 'tmp', hostPath: { path: '/' } }, /mounts the node's files/),
    'a port of the node': pod([...CONTAINER, 'ports', 0, 'hostPort'], 80, /takes the node's port 80/),
    'a disk of the network': pod([...POD, 'volumes', 0], { name: 'tmp', nfs: { server: 'x', path: '/' } }, /has the volume "tmp" of type nfs/),
    'a privileged container': pod([...CONTEXT, 'privileged'], true, /is privileged/),
    'capabilities kept': pod([...CONTEXT, 'capabilities'], {}, /keeps capabilities/),
    'a strong capability': pod([...CONTEXT, 'capabilities', 'add'], ['SYS_ADMIN'], /adds the capability SYS_ADMIN/),
    'a weak capability': pod([...CONTEXT, 'capabilities', 'add'], ['CHOWN'], /adds the capability CHOWN/),
    'a way to more rights': [(d) => d.drop(d.find('Deployment', 'whoami'), ...CONTEXT, 'allowPrivilegeEscalation'), /whoami may gain privileges/],
    'an init container without a context': [(d) => d.drop(d.find('StatefulSet', 'mongo'), ...POD, 'initContainers', 0, 'securityContext'), /^StatefulSet mongo\/mongo may gain privileges/],
    'root': pod([...POD_CONTEXT, 'runAsUser'], 0, /runs as root \(pod\)/),
    'root in one container': pod([...CONTEXT, 'runAsUser'], 0, /runs as root/),
    'root allowed': pod([...CONTEXT, 'runAsNonRoot'], false, /may run as root/),
    'root not forbidden': [(d) => d.drop(d.find('Deployment', 'whoami'), ...POD_CONTEXT, 'runAsNonRoot'), /is not told to run as non-root/],
    'no seccomp': [(d) => d.drop(d.find('Deployment', 'whoami'), ...POD_CONTEXT, 'seccompProfile'), /has no seccomp profile/],
    'seccomp off': pod([...CONTEXT, 'seccompProfile'], { type: 'Unconfined' }, /has seccomp off/),
    'AppArmor off': pod([...POD_CONTEXT, 'appArmorProfile'], { type: 'Unconfined' }, /has AppArmor off/),
    'AppArmor off by annotation': pod(['spec', 'template', 'metadata', 'annotations'], { 'container.apparmor.security.beta.kubernetes.io/x': 'unconfined' }, /has AppArmor off/),
    'another SELinux type': pod([...POD_CONTEXT, 'seLinuxOptions'], { type: 'spc_t' }, /picks an SELinux type/),
    'another SELinux role': pod([...POD_CONTEXT, 'seLinuxOptions'], { role: 'sysadm_r' }, /picks an SELinux user or role/),
    'all of /proc': pod([...CONTEXT, 'procMount'], 'Unmasked', /unmasks \/proc/),
    'an unsafe sysctl': pod([...POD_CONTEXT, 'sysctls'], [{ name: 'kernel.msgmax', value: '1' }], /sets the sysctl kernel.msgmax/),
    'a process of a Windows node': pod([...POD_CONTEXT, 'windowsOptions'], { hostProcess: true }, /is a host process/),
    "a probe of somebody else's host": pod([...CONTAINER, 'livenessProbe', 'httpGet', 'host'], '169.254.169.254', /has a probe or hook for another host/),
    'what its lax namespace allows': [
      (d) => {
        d.set(d.find('Namespace', 'whoami'), ['metadata', 'labels', ENFORCE], 'privileged');
        d.set(d.find('Deployment', 'whoami'), [...POD, 'hostNetwork'], true);
      },
      /whoami sets hostNetwork, which only its lax namespace allows/,
    ],
  }),
  ...mutations(readOnlyRoot, {
    'a root file system to write to': [(d) => d.drop(d.find('Deployment'), ...CONTEXT, 'readOnlyRootFilesystem'), /^container .* of Deployment .* can write/],
    'of an init container': [(d) => d.set(d.find('StatefulSet', 'mongo'), [...POD, 'initContainers', 0, 'securityContext', 'readOnlyRootFilesystem'], false), /can write/],
  }),
  ...mutations(ownAccounts, {
    'no account': [(d) => d.drop(d.find('Deployment'), ...POD, 'serviceAccountName'), /^Deployment .* runs as the ServiceAccount default/],
    'the default account': [(d) => d.set(d.find('Job'), [...POD, 'serviceAccountName'], 'default'), /^Job .* runs as the ServiceAccount default/],
    "another workload's account": [(d) => d.set(d.find('Job', 'mongo-setup'), [...POD, 'serviceAccountName'], 'mongo'), /^Job mongo\/mongo-setup shares the ServiceAccount mongo/],
  }),
  ...mutations(tokens, {
    'a token for nothing': [(d) => d.set(d.find('Deployment', 'whoami'), [...POD, 'automountServiceAccountToken'], true), /^Deployment whoami\/whoami mounts a token that gives no rights/],
    'nothing said': [(d) => d.drop(d.find('Deployment'), ...POD, 'automountServiceAccountToken'), /^Deployment .* does not say whether a token/],
    'rights gone': [(d) => d.remove(d.find('ClusterRoleBinding', 'gateway')), /^Deployment gateway\/gateway mounts a token that gives no rights/],
    'an account that mounts': [(d) => d.drop(d.find('ServiceAccount', 'whoami'), 'automountServiceAccountToken'), /^ServiceAccount whoami\/whoami has its token mounted/],
  }),
  ...mutations(accountsUsed, {
    'an account for nobody': [(d) => d.copy(d.find('ServiceAccount', 'whoami'), 'x'), /^ServiceAccount whoami\/x is used by no pod/],
    'an account whose store is gone': [(d) => d.remove(d.find('ClusterSecretStore')), /^ServiceAccount secret-store\/secret-store is used by no pod/],
  }),
  ...mutations(noWildcards, {
    'every verb': [(d) => d.set(d.find('ClusterRole'), ['rules', 0, 'verbs'], ['*']), /^ClusterRole .* gives all verbs/],
    'every resource': [(d) => d.set(d.find('Role'), ['rules', 0, 'resources'], ['*']), /^Role .* gives all resources/],
    'every subresource': [(d) => d.set(d.find('Role'), ['rules', 0, 'resources'], ['pods/*']), /^Role .* gives all resources/],
    'every group': [(d) => d.set(d.find('ClusterRole'), ['rules', 0, 'apiGroups'], ['*']), /^ClusterRole .* gives all apiGroups/],
    'a way to other rights': [(d) => d.push(d.find('ClusterRole'), ['rules', 0, 'verbs'], 'impersonate'), /gives the verb impersonate/],
    'everything by another role': [(d) => d.set(d.find('ClusterRoleBinding', 'gateway'), ['roleRef', 'name'], 'cluster-admin'), /^ClusterRoleBinding gateway gives cluster-admin/],
  }),
  ...mutations(rightsHaveOwners, {
    'a role for nobody': [(d) => d.remove(d.find('ClusterRoleBinding', 'gateway')), /^ClusterRole gateway is given to nobody/],
    'a role no longer aggregated': [(d) => d.drop(d.find('ClusterRole', 'metrics-server-view'), 'metadata', 'labels', 'rbac.authorization.k8s.io/aggregate-to-view'), /^ClusterRole metrics-server-view is given to nobody/],
    'a subject that is not there': [(d) => d.set(d.find('RoleBinding'), ['subjects', 0, 'name'], 'x'), /^RoleBinding .* gives to ServiceAccount .*\/x, which does not exist/],
    'a user': [(d) => d.set(d.find('RoleBinding'), ['subjects', 0], { kind: 'Group', name: 'system:authenticated' }), /gives to Group system:authenticated/],
    'no subject': [(d) => d.drop(d.find('RoleBinding'), 'subjects', 0), /^RoleBinding .* gives to nobody/],
    'a role that is not there': [(d) => d.set(d.find('ClusterRoleBinding'), ['roleRef', 'name'], 'x'), /^ClusterRoleBinding .* gives ClusterRole x, which does not exist/],
  }),
  ...mutations(noSecretData, {
    'a Secret in Git': [(d) => d.add('whoami', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'whoami' }, stringData: { a: 'b' } }), /^Secret whoami\/x has stringData/],
    'the same in base64': [(d) => d.add('whoami', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'whoami' }, data: { a: 'Yg==' } }), /^Secret whoami\/x has data/],
  }),
  ...mutations(noPlainSecrets, {
    'a password in plain text': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'env'], { name: 'DB_PASSWORD', value: 'hunter2' }), /has DB_PASSWORD in plain text/],
    'a token': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'env'], { name: 'apiToken', value: 'x' }), /has apiToken in plain text/],
    'a flag': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'args'], '--redis.password=hunter2'), /has the flag redis.password in plain text/],
    'in an init container': [(d) => d.push(d.find('StatefulSet', 'mongo'), [...POD, 'initContainers', 0, 'env'], { name: 'SECRET_KEY_BASE', value: 'x' }), /has SECRET_KEY_BASE in plain text/],
  }),
  ...mutations(noSecretMaterial, {
    'a private key': [(d) => d.set(d.find('ConfigMap'), ['data', 'x'], ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' ')), /^ConfigMap .* has a private key at data.x/],
    'an AWS key': [(d) => d.set(d.find('Namespace'), ['metadata', 'annotations', 'x'], 'AKIAIOSFODNN7EXAMPLE'), /has an AWS access key/],
    'a web token': [(d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], `--x=${['eyJhbGciOiJIUzI1', 'eyJzdWIiOiIxMjM0', 'x'].join('.')}`), /has a JSON web token/],
    'a GitHub token': [(d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], `ghp_${'a'.repeat(36)}`), /has a GitHub token/],
    'a Slack token': [(d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], 'xoxb-1234567890-abc'), /has a Slack token/],
    'a Google key': [(d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], `AIza${'b'.repeat(35)}`), /has a Google API key/],
    'an Azure key': [(d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], `AccountKey=${'c'.repeat(30)}`), /has an Azure storage key/],
    'a password in a URL': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'env'], { name: 'URI', value: 'mongodb://me:hunter2@mongo/x' }), /has a password in a URL/],
    'chance in a template': [(d) => d.set(d.find('ExternalSecret', 'restaurants-mongo'), ['spec', 'target', 'template', 'data', 'uri'], 'kX9vQ2mZ7pLw4RtY8sBn3Hc='), /^ExternalSecret .* has random text/],
    'a password in a template': [(d) => d.set(d.find('ExternalSecret', 'restaurants-mongo'), ['spec', 'target', 'template', 'data', 'uri'], 'mongodb://me:hunter2@mongo/x'), /^ExternalSecret .* has a password in a URL/],
    'hexadecimal chance': [(d) => d.push(d.find('Deployment', 'whoami'), [...CONTAINER, 'env'], { name: 'X', value: '9f86d081884c7d659a2feaa0c55ad015' }), /has random text/],
    'other chance': [(d) => d.set(d.find('ConfigMap'), ['data', 'x'], 'kX9vQ2mZ7pLw4RtY8sBn3Hc='), /^ConfigMap .* has random text/],
  }),
  ...mutations(templatesReadValues, {
    'a template without a value': [(d) => d.set(d.find('ExternalSecret', 'restaurants-mongo'), ['spec', 'target', 'template', 'data'], { uri: 'mongodb://mongo' }), /^ExternalSecret .* reads nothing/],
  }),
];
